// What is lit: the term under the pointer or the keyboard, in formula, picture and sentence at once. An element says
// what it stands for by data-lit="temperature", or by several names: data-lit="query:2 key:5".

/** Names of terms. */
export type Lit = readonly string[];

export const NOTHING_LIT: Lit = [];

export function litNames(attribute: string | null | undefined): Lit {
  return attribute?.split(/\s+/).filter(Boolean) ?? NOTHING_LIT;
}

/** "column:7" of kind "column" is 7; undefined where no such name is there. */
export function litIndex(lit: Lit, kind: string): number | undefined {
  const name = lit.find((one) => one.startsWith(`${kind}:`));
  return name === undefined ? undefined : Number(name.slice(kind.length + 1));
}

/** The element's own names, or those of what it stands in. */
export function litAt(target: EventTarget | null): Lit {
  const element = target instanceof Element ? target.closest('[data-lit]') : null;
  return litNames(element?.getAttribute('data-lit'));
}

/** Marks all elements with one of the names by data-on, in the place of those that were marked before. */
export function light(root: Element, lit: Lit): void {
  for (const old of root.querySelectorAll('[data-on]')) old.removeAttribute('data-on');
  for (const name of lit)
    for (const element of root.querySelectorAll(`[data-lit~="${CSS.escape(name)}"]`))
      element.setAttribute('data-on', '');
}

export interface ProsePart {
  text: string;
  /** null: plain words. */
  lit: string | null;
}

/** A sentence of the catalogue with terms as links are written, "the [temperature](temperature)", cut into parts. */
export function proseParts(text: string): ProsePart[] {
  const parts: ProsePart[] = [];
  let from = 0;
  for (const match of text.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), lit: null });
    parts.push({ text: match[1]!, lit: match[2]! });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), lit: null });
  return parts;
}

/** TeX that stands for a term: it can be pointed at and is lit. */
export function litTex(name: string, tex: string): string {
  return `\\htmlData{lit=${name}}{${tex}}`;
}
