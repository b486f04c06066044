// Exports a plot as an image: its SVG with the page's colours inlined, or that SVG rendered to PNG on a canvas.

import { fontRule } from './exportFont.ts';
import { valueText } from './format.ts';
import type { LegendEntry } from './line.ts';

/** The CSS properties that drawn elements take from the style sheet; a file has no style sheet. */
const DRAWN = [
  'r',
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linejoin',
  'stroke-linecap',
  'opacity',
  'paint-order',
  'shape-rendering',
  'font-family',
  'font-size',
  'font-weight',
  'font-variant-numeric',
  'text-anchor',
  'dominant-baseline',
  'display',
  'visibility',
] as const;

const NAMESPACE = 'http://www.w3.org/2000/svg';

/** Heights of the title and of a key line above the drawing, and the length of a sample, in pixels. */
const TITLE = 30;
const KEY = 18;
const SAMPLE = 18;

function element<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Record<string, string | number>,
  text = '',
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text) made.textContent = text;
  return made;
}

/**
 * Draws the key, wrapped to the width.
 * @returns the height of its lines
 */
function drawKeys(
  into: SVGElement,
  keys: readonly LegendEntry[],
  page: CSSStyleDeclaration,
  width: number,
): number {
  const font = `13px ${page.fontFamily}`;
  const measure = document.createElement('canvas').getContext('2d');
  if (measure !== null) measure.font = font;
  const color = (css: string) =>
    css.replace(/var\((--[\w-]+)\)/, (_, name: string) => page.getPropertyValue(name).trim());
  let [x, y] = [8, TITLE + KEY / 2];
  for (const { label, color: css, style, value } of keys) {
    const text = value == null ? label : `${label} ${valueText(value)}`;
    const sample = style === 'number' ? 0 : SAMPLE + 5;
    const length = sample + (measure?.measureText(text).width ?? text.length * 7);
    if (x > 8 && x + length > width - 8) [x, y] = [8, y + KEY];
    const tint = style === 'tint' || style === 'outline';
    if (tint)
      into.append(
        element('rect', { x, y: y - 5, width: SAMPLE, height: 10, fill: color(css), opacity: 0.3 }),
      );
    else if (sample > 0) {
      const dashes = style === 'dash' ? '5 3' : style === 'dots' ? '1 2.5' : 'none';
      const ends = { x1: x, x2: x + SAMPLE, y1: y, y2: y };
      into.append(
        element('line', { ...ends, stroke: color(css), 'stroke-width': 2, 'stroke-dasharray': dashes }),
      );
    }
    const place = { x: x + sample, y: y + 4, fill: page.getPropertyValue('--muted'), style: `font:${font}` };
    into.append(element('text', place, text));
    x += length + 14;
  }
  return keys.length === 0 ? 0 : y + KEY / 2 - TITLE;
}

/** An SVG image: its text, and its size in pixels. */
export interface Picture {
  text: string;
  width: number;
  height: number;
}

/** A copy that looks the same outside of the page, on the page's background, under a title and a key. */
function standalone(svg: SVGSVGElement, title: string, keys: readonly LegendEntry[]): Picture {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll<SVGElement>('*')];
  for (const [i, target] of [copy, ...copy.querySelectorAll<SVGElement>('*')].entries()) {
    const computed = getComputedStyle(originals[i]!);
    target.removeAttribute('class');
    target.setAttribute('style', DRAWN.map((name) => `${name}:${computed.getPropertyValue(name)}`).join(';'));
  }
  const { width, height: drawn } = svg.getBoundingClientRect();
  const page = getComputedStyle(svg);
  const file = element('svg', { xmlns: NAMESPACE });
  const heading = {
    x: 8,
    y: 21,
    fill: page.getPropertyValue('--ink'),
    style: `font:600 15px ${page.fontFamily}`,
  };
  file.append(
    element('rect', { width: '100%', height: '100%', fill: page.getPropertyValue('--panel') }),
    element('text', heading, title),
  );
  const top = TITLE + drawKeys(file, keys, page, width) + 4;
  const inner = element('g', { transform: `translate(0 ${top})` });
  inner.append(...copy.childNodes);
  file.append(inner);
  const height = top + drawn;
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  for (const [key, value] of Object.entries(size)) file.setAttribute(key, String(value));
  return { text: new XMLSerializer().serializeToString(file), width, height };
}

/** The same image with the page's font embedded, so that it looks the same everywhere. */
export async function withFont(image: Picture): Promise<Picture> {
  const rule = await fontRule();
  const start = image.text.indexOf('>') + 1;
  if (rule === '') return image;
  return { ...image, text: `${image.text.slice(0, start)}<style>${rule}</style>${image.text.slice(start)}` };
}

/** @param scale pixels of the file per pixel of the page */
export async function pngOf(image: Picture, scale = 3): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([image.text], { type: 'image/svg+xml' }));
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob === null ? reject(new Error('no PNG')) : resolve(blob)), 'image/png');
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A drawing of the page as a file, with its font embedded. */
export async function imageFile(
  svg: SVGSVGElement | null,
  title: string,
  keys: readonly LegendEntry[],
  kind: 'svg' | 'png',
): Promise<Blob> {
  if (svg === null) throw new Error('nothing is drawn');
  const image = await withFont(standalone(svg, title, keys));
  return kind === 'png' ? pngOf(image) : new Blob([image.text], { type: 'image/svg+xml' });
}
