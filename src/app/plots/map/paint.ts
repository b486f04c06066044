// Draws the map on a canvas: rings of the plane or the wireframe of the sphere, then the points.
import { ROLE_STYLES } from '../../style/roles.ts';
import { POINT_ROLES, type PointRole } from '../../../run/roles.ts';
import { ringRadii } from './scale.ts';
import type { Scene } from './scene.ts';
import { traceShape } from './shapes.ts';

/** The values that the canvas takes from the page's style, as it cannot use CSS variables. */
export interface Palette {
  roles: Record<PointRole, string>;
  ink: string;
  panel: string;
  grid: string;
  rule: string;
  muted: string;
  font: string;
  /** Text height in pixels. */
  text: number;
  dot: number;
  line: number;
}

export interface Points {
  roles: readonly PointRole[];
  /** Opacity of each point, 0 (hidden) to 1. */
  strength: Float32Array;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  const role = (mark: PointRole): string => value(ROLE_STYLES[mark].color.replace(/^var\(|\)$/g, ''));
  return {
    roles: Object.fromEntries(POINT_ROLES.map((mark) => [mark, role(mark)])) as Record<PointRole, string>,
    ink: value('--ink'),
    panel: value('--panel'),
    grid: value('--grid'),
    rule: value('--rule'),
    muted: value('--muted'),
    font: style.fontFamily,
    text: Number.parseFloat(style.fontSize) || 12,
    dot: Number.parseFloat(value('--dot')) || 3.5,
    line: Number.parseFloat(value('--line-width')) || 1.75,
  };
}

/** Paints the map on a canvas of the given CSS size, at the screen's resolution. */
export function paintCanvas(
  canvas: HTMLCanvasElement,
  size: { width: number; height: number },
  scene: Scene,
  points: Points,
  palette: Palette,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const width = Math.round(size.width * devicePixelRatio);
  const height = Math.round(size.height * devicePixelRatio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  paint(context, scene, points, palette, devicePixelRatio);
}

/** @param ratio device pixels per CSS pixel */
function paint(
  context: CanvasRenderingContext2D,
  scene: Scene,
  points: Points,
  palette: Palette,
  ratio: number,
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalAlpha = 1;
  context.clearRect(0, 0, scene.width, scene.height);
  if (scene.view === 'plane') paintRings(context, scene, palette);
  if (scene.view === 'sphere') paintWire(context, scene, palette);
  paintPoints(context, scene, points, palette, ratio);
}

/** Rings around the mean, at round fractions of the sphere's radius. */
function paintRings(context: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  const { width, height } = scene;
  const [x, y] = [width / 2, height / 2];
  const { value } = scene.scale;
  context.strokeStyle = palette.grid;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0, Math.round(y) + 0.5);
  context.lineTo(width, Math.round(y) + 0.5);
  context.moveTo(Math.round(x) + 0.5, 0);
  context.lineTo(Math.round(x) + 0.5, height);
  context.stroke();
  context.fillStyle = palette.muted;
  context.font = `${palette.text}px ${palette.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'top';
  for (const radius of ringRadii((Math.min(width, height) / 2 - 2) / value)) {
    context.beginPath();
    context.arc(x, y, radius * value, 0, 2 * Math.PI);
    context.stroke();
    const label = String(Number(radius.toPrecision(2)));
    const at = x + radius * value + 3;
    if (at + 3 * palette.text < width) context.fillText(label, at, y + 3);
  }
}

/** The outline of the sphere, its equator and two meridians; the far half is fainter. */
function paintWire(context: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  const [x, y] = [scene.width / 2, scene.height / 2];
  const radius = scene.scale.value;
  context.lineWidth = 1;
  context.strokeStyle = palette.rule;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
  const [cy, sy, cp, sp] = [
    Math.cos(scene.yaw),
    Math.sin(scene.yaw),
    Math.cos(scene.pitch),
    Math.sin(scene.pitch),
  ];
  for (const circle of [equator, meridian, crossMeridian]) {
    for (const front of [false, true]) {
      context.globalAlpha = front ? 1 : 0.45;
      context.beginPath();
      for (let i = 0, pen = false; i <= 96; i++) {
        const [px, py, pz] = circle((2 * Math.PI * i) / 96);
        const rx = cy * px + sy * pz;
        const rz = cy * pz - sy * px;
        const shown = sp * py + cp * rz >= 0 === front;
        const [sx, screenY] = [x + rx * radius, y - (cp * py - sp * rz) * radius];
        if (shown && pen) context.lineTo(sx, screenY);
        else if (shown) context.moveTo(sx, screenY);
        pen = shown;
      }
      context.stroke();
    }
  }
}

type Vector = [number, number, number];
const equator = (a: number): Vector => [Math.cos(a), 0, Math.sin(a)];
const meridian = (a: number): Vector => [0, Math.cos(a), Math.sin(a)];
const crossMeridian = (a: number): Vector => [Math.cos(a), Math.sin(a), 0];

function paintPoints(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { roles, strength }: Points,
  palette: Palette,
  ratio: number,
): void {
  const { screen } = scene;
  const sphere = scene.view === 'sphere';
  // Faint points first; on the sphere, the far ones first.
  const order = Array.from({ length: Math.min(roles.length, screen.length / 3) }, (_, i) => i);
  order.sort((a, b) => (sphere ? screen[a * 3 + 2]! - screen[b * 3 + 2]! : strength[a]! - strength[b]!));
  for (const i of order) {
    const [x, y, depth] = [screen[i * 3]!, screen[i * 3 + 1]!, screen[i * 3 + 2]!];
    if (strength[i]! <= 0 || !Number.isFinite(x)) continue;
    const near = sphere ? (depth + 1) / 2 : 1;
    const mark = roles[i]!;
    const { shape } = ROLE_STYLES[mark];
    const radius = palette.dot * (sphere ? 0.72 + 0.4 * near : 1);
    context.setTransform(ratio, 0, 0, ratio, x * ratio, y * ratio);
    context.globalAlpha = strength[i]! * (sphere ? 0.25 + 0.7 * near : 0.92);
    context.beginPath();
    traceShape(context, shape, radius);
    if (shape === 'ring') {
      context.lineWidth = Math.max(1.25, palette.line * 0.8);
      context.strokeStyle = palette.roles[mark];
      context.stroke();
    } else {
      // A thin edge in the background colour separates neighbours.
      context.lineWidth = 1.5;
      context.strokeStyle = palette.panel;
      context.stroke();
      context.fillStyle = palette.roles[mark];
      context.fill();
    }
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalAlpha = 1;
}
