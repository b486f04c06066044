// Exports the map as an SVG file with the page's colours inlined; exportImage.ts converts it to PNG.
import type { Matrix } from '../../../metrics/vectors.ts';
import { ROLE_STYLES } from '../../style/roles.ts';
import { POINT_ROLES, type PointRole } from '../../../run/roles.ts';
import type { Picture } from '../exportImage.ts';
import type { Palette } from './paint.ts';
import { ringRadii } from './scale.ts';
import { Scene } from './scene.ts';
import { shapePath } from './shapes.ts';

interface Drawn {
  points: readonly { role: PointRole; text: string }[];
  /** Rows of length 1. The axes are tracked from the first to the second, as on the page. */
  initial: Matrix | null;
  current: Matrix;
  title: string;
  roleNames: Record<PointRole, string>;
}

const SIZE = { width: 960, height: 720 };
/** Height above the drawing, for title and key. */
const TOP = 64;

/** The plane of the first two principal components; hovering a point shows its sentence. */
export function mapPicture({ points, initial, current, title, roleNames }: Drawn, palette: Palette): Picture {
  const scene = new Scene();
  scene.resize(SIZE.width, SIZE.height - TOP);
  if (initial) scene.follow(initial, 0, 0, false);
  scene.follow(current, 0, 0, false);
  for (let refinements = 0; scene.tick(0) && refinements < 200; refinements++);
  const { font, panel, muted } = palette;
  const present = POINT_ROLES.filter((role) => points.some((point) => point.role === role));
  const text = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="${quoted(font)}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="${panel}"/>`,
    `<text x="12" y="26" font-size="17" font-weight="600" fill="${palette.ink}">${escaped(title)}</text>`,
    `<g font-size="13" fill="${muted}">`,
    ...keyOf(present, roleNames, palette),
    '</g>',
    `<g transform="translate(0 ${TOP})">`,
    ...rings(scene, palette),
    ...marks(scene, points, palette),
    '</g>',
    '</svg>',
  ].join('\n');
  return { text, ...SIZE };
}

function keyOf(present: readonly PointRole[], names: Record<PointRole, string>, palette: Palette): string[] {
  let x = 20;
  return present.map((role) => {
    const item = `${mark(role, x, 47, 5, palette)}<text x="${x + 12}" y="51.5">${escaped(names[role])}</text>`;
    x += 36 + 7.2 * names[role].length;
    return item;
  });
}

function rings(scene: Scene, { grid, muted }: Palette): string[] {
  const [x, y] = [scene.width / 2, scene.height / 2];
  const { value } = scene.scale;
  const radii = ringRadii((Math.min(scene.width, scene.height) / 2 - 2) / value);
  return [
    `<path d="M0 ${y}H${scene.width}M${x} 0V${scene.height}" stroke="${grid}" fill="none"/>`,
    ...radii.map((radius) => {
      const r = radius * value;
      const label = String(Number(radius.toPrecision(2)));
      return (
        `<circle cx="${x}" cy="${y}" r="${r.toFixed(1)}" stroke="${grid}" fill="none"/>` +
        `<text x="${(x + r + 3).toFixed(1)}" y="${y + 14}" font-size="12" fill="${muted}">${label}</text>`
      );
    }),
  ];
}

function marks(scene: Scene, points: Drawn['points'], palette: Palette): string[] {
  return points.flatMap(({ role, text }, i) => {
    const [x, y] = [scene.screen[i * 3] ?? NaN, scene.screen[i * 3 + 1] ?? NaN];
    if (!Number.isFinite(x)) return [];
    return [mark(role, x, y, 4.5, palette, text)];
  });
}

function mark(role: PointRole, x: number, y: number, size: number, palette: Palette, text = ''): string {
  const { shape } = ROLE_STYLES[role];
  const color = palette.roles[role];
  const look =
    shape === 'ring'
      ? `fill="none" stroke="${color}" stroke-width="1.5"`
      : `fill="${color}" fill-opacity="0.92" stroke="${palette.panel}"`;
  const title = text === '' ? '' : `<title>${escaped(text)}</title>`;
  const data = text === '' ? '' : ` data-role="${role}"`;
  return `<path${data} transform="translate(${x.toFixed(1)} ${y.toFixed(1)})" d="${shapePath(shape, size)}" ${look}>${title}</path>`;
}

// Characters that XML cannot represent are left out.
const escaped = (text: string): string =>
  text
    .replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '')
    .replace(/\p{Cs}/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
const quoted = (text: string): string => escaped(text).replaceAll('"', "'");
