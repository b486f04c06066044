// The page's own font, to go along in a picture: a drawing outside of the page has no other way to it.

/** The letters that a picture is sure to have; the range of a font's basic Latin file holds it. */
const BASIC = /U\+0+-0*FF\b/i;
let known: Promise<string> | undefined;

/** An @font-face rule with the font within; "" where the page uses a font of the system. */
export function fontRule(): Promise<string> {
  known ??= makeRule().catch(() => {
    known = undefined; // could not be fetched: the picture is made without, the next one tries again
    return '';
  });
  return known;
}

async function makeRule(): Promise<string> {
  const [family = ''] = getComputedStyle(document.documentElement).fontFamily.split(',').map(bare);
  for (const { rule, base } of fontFaces()) {
    const { style } = rule;
    const address = /url\(["']?([^"')]+)["']?\)/.exec(style.getPropertyValue('src'))?.[1];
    const ofPage = bare(style.getPropertyValue('font-family')) === family;
    if (!ofPage || address === undefined || !BASIC.test(style.getPropertyValue('unicode-range'))) continue;
    const response = await fetch(new URL(address, base));
    if (!response.ok) throw new Error(String(response.status));
    const data = await dataUrl(await response.blob());
    const weight = style.getPropertyValue('font-weight') || 'normal';
    return `@font-face{font-family:'${family}';font-weight:${weight};src:url(${data}) format('woff2')}`;
  }
  return '';
}

const bare = (name: string): string => name.trim().replace(/^["']|["']$/g, '');

function fontFaces(): { rule: CSSFontFaceRule; base: string }[] {
  return [...document.styleSheets].flatMap((sheet) => {
    try {
      const base = sheet.href ?? document.baseURI;
      return [...sheet.cssRules].flatMap((rule) => (rule instanceof CSSFontFaceRule ? [{ rule, base }] : []));
    } catch {
      return []; // a style sheet of another origin, an extension's say
    }
  });
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).replace(/^data:[^;,]*/, 'data:font/woff2'));
    reader.onerror = () => reject(new Error('the font could not be read'));
    reader.readAsDataURL(blob);
  });
}
