// A record's embeddings are drawn, not measured: their directions must survive a byte a component.
import { expect, it } from 'vitest';
import { packEmbeddings, unpackEmbeddings } from '../../src/run/embeddings.ts';
import { eventSchema } from '../../src/run/events.ts';
import { Random } from '../../src/util/random.ts';

it('keeps the cosines of 128 dimensions to better than 0.01, and gives unit rows', () => {
  const random = Random.seeded(7);
  const dimension = 128;
  const data = Float64Array.from({ length: 20 * dimension }, () => 3 * random.normal());
  const event = packEmbeddings(5, { data, rows: 20, dimension });
  expect(eventSchema.safeParse(event).success).toBe(true);
  const back = unpackEmbeddings(event)!;
  const cosine = (a: Float64Array, i: number, j: number) => {
    const row = (r: number) => a.subarray(r * dimension, (r + 1) * dimension);
    const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, k) => sum + value * y[k]!, 0);
    return dot(row(i), row(j)) / Math.sqrt(dot(row(i), row(i)) * dot(row(j), row(j)));
  };
  for (let i = 0; i < 20; i++) {
    expect(Math.hypot(...back.data.subarray(i * dimension, (i + 1) * dimension))).toBeCloseTo(1, 12);
    for (let j = 0; j < i; j++)
      expect(Math.abs(cosine(back.data, i, j) - cosine(data, i, j))).toBeLessThan(0.01);
  }
});

it('gives nothing for a record whose size does not fit, and survives a zero row', () => {
  const event = packEmbeddings(0, { data: new Float64Array(4), rows: 2, dimension: 2 });
  expect(unpackEmbeddings(event)!.data).toEqual(new Float64Array(4));
  expect(unpackEmbeddings({ ...event, rows: 3 })).toBeUndefined();
});
