// Embeds the page's font in an exported picture, which has no other access to it.

/** Matches the unicode-range of a font's basic Latin file, whose letters every picture needs. */
const BASIC = /U\+0+-0*FF\b/i;
let known: Promise<string> | undefined;

/** An @font-face rule with the font embedded; "" where the page uses a system font. */
export function fontRule(): Promise<string> {
  known ??= makeRule().catch(() => {
    known = undefined; // could not be fetched: this picture is made without it, the next one tries again
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
      return []; // a style sheet of another origin, for example of a browser extension
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
