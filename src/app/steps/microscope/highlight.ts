// Highlighting of terms: the term at the pointer or the keyboard focus is highlighted in formula, picture and text at
// the same time. An element lists the terms that it shows in data-term, e.g. "temperature" or "query:2 key:5".

export type TermIds = readonly string[];

export const NO_TERMS: TermIds = [];

export function termIds(attribute: string | null | undefined): TermIds {
  return attribute?.split(/\s+/).filter(Boolean) ?? NO_TERMS;
}

/** The number in a term id of the given kind, e.g. 7 for "column:7"; undefined if there is no such id. */
export function termIndex(terms: TermIds, kind: string): number | undefined {
  const id = terms.find((each) => each.startsWith(`${kind}:`));
  return id === undefined ? undefined : Number(id.slice(kind.length + 1));
}

/** The terms of an element, or those of the nearest ancestor that has any. */
export function termsAt(target: EventTarget | null): TermIds {
  const element = target instanceof Element ? target.closest('[data-term]') : null;
  return termIds(element?.getAttribute('data-term'));
}

/** Sets data-active on all elements that show one of the terms, and removes it from all others. */
export function highlight(root: Element, terms: TermIds): void {
  for (const old of root.querySelectorAll('[data-active]')) old.removeAttribute('data-active');
  for (const id of terms)
    for (const element of root.querySelectorAll(`[data-term~="${CSS.escape(id)}"]`))
      element.setAttribute('data-active', '');
}

export interface TextPart {
  text: string;
  /** null: plain text. */
  term: string | null;
}

/** Splits a message whose terms are written as links, "the [temperature](temperature)". */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)) {
    const [whole, label = '', term = ''] = match;
    if (match.index > from) parts.push({ text: text.slice(from, match.index), term: null });
    parts.push({ text: label, term });
    from = match.index + whole.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), term: null });
  return parts;
}

/** TeX of a term that can be pointed at and highlighted. */
export function termTex(id: string, tex: string): string {
  return `\\htmlData{term=${id}}{${tex}}`;
}
