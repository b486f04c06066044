// The picture between two frames: points travel, the scale holds still, the views come over into one another.
import { describe, expect, it } from 'vitest';
import { milliseconds, faded } from '../../../src/app/plots/map/frames.ts';
import { Motion } from '../../../src/app/plots/map/motion.ts';
import { ringRadii, robustExtent, Scale } from '../../../src/app/plots/map/scale.ts';
import { Scene } from '../../../src/app/plots/map/scene.ts';
import { normalised, type Matrix } from '../../../src/metrics/vectors.ts';
import { Random } from '../../../src/util/random.ts';

const CALM = 240;

/** Embeddings in a cone around one direction; `spread` opens it. */
function cone(spread: number, rows = 30, seed = 1): Matrix {
  const random = Random.seeded(seed);
  const data = Float64Array.from(
    { length: rows * 8 },
    (_, i) => (i % 8 === 0 ? 1 : 0) + spread * random.normal(),
  );
  return normalised({ data, rows, dimension: 8 });
}

function scene(): Scene {
  const it = new Scene();
  it.resize(600, 400);
  return it;
}

describe('Scene', () => {
  it('places points inside the frame and says where they are in the plane', () => {
    const map = scene();
    map.follow(cone(0.3), 0, CALM, false);
    map.tick(1000);
    for (let i = 0; i < 30; i++) {
      const [x, y] = map.coordinatesOf(i);
      expect(map.screen[3 * i]).toBeCloseTo(300 + x * map.scale.value, 6);
      expect(map.screen[3 * i + 1]).toBeCloseTo(200 - y * map.scale.value, 6);
      expect(map.screen[3 * i]).toBeGreaterThan(0);
      expect(map.screen[3 * i]).toBeLessThan(600);
      expect(Math.hypot(x, y)).toBeLessThanOrEqual(2); // units of the sphere's radius
    }
  });

  it('lets points travel to new places in the time given, at once with reduced motion', () => {
    const map = scene();
    map.follow(cone(0.3), 0, CALM, false);
    while (map.tick(1000));
    const before = map.screen.slice();
    map.follow(cone(0.34), 2000, CALM, false);
    map.tick(2000);
    expect(Math.abs(map.screen[0]! - before[0]!)).toBeLessThan(1e-6);
    expect(map.tick(2000 + CALM / 2)).toBe(true);
    const middle = map.screen.slice();
    map.tick(2000 + CALM);
    const after = map.screen.slice();
    expect(middle[0]).toBeCloseTo((before[0]! + after[0]!) / 2, 3);
    expect(after[0]).not.toBeCloseTo(before[0]!, 1);

    const still = scene();
    still.follow(cone(0.3), 0, 0, true);
    still.tick(0);
    still.follow(cone(0.34), 10, 0, true);
    still.tick(10);
    const arrived = still.screen.slice();
    still.tick(500);
    // Only the axes settle on, by less than is seen.
    still.screen.forEach((value, i) => expect(Math.abs(value - arrived[i]!)).toBeLessThan(0.2));
  });

  it('puts points of the sphere on the sphere, untrained ones on one side of it', () => {
    const map = scene();
    map.setView('sphere', 0, 0);
    map.follow(cone(0.05), 0, 0, false);
    map.tick(0);
    map.yaw = map.pitch = 0;
    map.tick(1);
    for (let i = 0; i < 30; i++) {
      const [x, y] = map.coordinatesOf(i);
      expect(Math.hypot(x, y, map.screen[3 * i + 2]!)).toBeCloseTo(1, 6);
      expect(Math.abs(map.screen[3 * i + 2]!)).toBeGreaterThan(0.8);
    }
  });

  it('changes the view without a jump', () => {
    const map = scene();
    map.follow(cone(0.3), 0, CALM, false);
    while (map.tick(1000));
    const before = map.screen.slice();
    for (const [view, at] of [
      ['sphere', 2000],
      ['plane', 3000],
    ] as const) {
      const here = map.screen.slice();
      map.setView(view, at, CALM);
      map.tick(at);
      for (let i = 0; i < here.length; i += 3) {
        expect(map.screen[i]).toBeCloseTo(here[i]!, 4);
        expect(map.screen[i + 1]).toBeCloseTo(here[i + 1]!, 4);
      }
      while (map.tick(at + 900));
    }
    for (let i = 0; i < before.length; i += 3) expect(map.screen[i]).toBeCloseTo(before[i]!, 1);
  });

  it('has no place for points a UMAP snapshot does not know', () => {
    const map = scene();
    map.follow(cone(0.3), 0, 0, false);
    map.showUmap(
      Float64Array.from({ length: 20 }, (_, i) => i - 10),
      0,
      0,
    );
    map.setView('umap', 0, 0);
    map.tick(0);
    expect(map.screen).toHaveLength(30);
    expect(map.screen.every(Number.isFinite)).toBe(true);
  });
});

describe('Scale', () => {
  it('holds still while the points stay readable, and follows when they leave', () => {
    const scale = new Scale();
    scale.fit(1, 1, 100, 100, true);
    const first = scale.value;
    for (const size of [0.95, 1.02, 0.8, 0.7, 1.05]) {
      scale.fit(size, size, 100, 100, false);
      scale.ease(size * 1000, false);
      expect(scale.value).toBe(first);
    }
    scale.fit(2, 2, 100, 100, false);
    let now = 2000;
    while (scale.ease((now += 16), false)) expect(scale.value).toBeLessThanOrEqual(first);
    expect(scale.value * 2).toBeLessThanOrEqual(100);
    expect(scale.value * 2).toBeGreaterThan(80);
  });

  it('is not shrunk by one point far out', () => {
    const points = new Float64Array(300);
    for (let i = 0; i < 100; i++) points[3 * i] = i / 100;
    points[0] = 50;
    expect(robustExtent(points, 0)).toBeLessThan(2);
    expect(robustExtent(new Float64Array(9), 0)).toBe(0);
  });

  it('draws two to four rings at round numbers', () => {
    for (let reach = 0.011; reach < 9; reach *= 1.13) {
      const radii = ringRadii(reach);
      expect(radii.length).toBeGreaterThanOrEqual(2);
      expect(radii.length).toBeLessThanOrEqual(5);
      expect(radii.at(-1)).toBeLessThanOrEqual(reach * (1 + 1e-9));
      expect(String(Number(radii[0]!.toPrecision(6)))).toMatch(/^(0\.0*)?[125]$/);
    }
    expect(ringRadii(0)).toEqual([]);
    expect(ringRadii(Infinity)).toEqual([]);
  });
});

describe('Motion', () => {
  it('turns from where the points are when a new aim comes in mid-way', () => {
    const motion = new Motion();
    motion.aim(Float64Array.of(0, 0, 0), 0, 0);
    motion.aim(Float64Array.of(10, 0, 0), 0, 100);
    motion.aim(Float64Array.of(0, 0, 0, 7, 7, 7), 50, 100);
    expect([...motion.at(50)]).toEqual([5, 0, 0, 7, 7, 7]);
    expect([...motion.at(150)]).toEqual([0, 0, 0, 7, 7, 7]);
    expect(motion.moving(149)).toBe(true);
    expect(motion.moving(150)).toBe(false);
  });
});

describe('frames', () => {
  it('reads durations as written in tokens.css and as a build rewrites them', () => {
    expect(milliseconds('240ms')).toBe(240);
    expect(milliseconds(' .24s')).toBeCloseTo(240);
    expect(milliseconds('0ms')).toBe(0);
    expect(milliseconds('')).toBe(0);
  });

  it('fades to what is wanted and then rests', () => {
    let drawn: Float32Array = Float32Array.of(0);
    let frames = 0;
    for (let moving = true; moving; frames++)
      ({ strength: drawn, moving } = faded(drawn, Float32Array.of(1, 0.5), 0.3));
    expect([...drawn]).toEqual([1, 0.5]);
    expect(frames).toBeGreaterThan(3);
  });
});
