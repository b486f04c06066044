// UMAP (McInnes, Healy, Melville 2018) of one state of the embeddings, with umap-js. It starts from the positions of
// the plane view, so that a snapshot resembles the map it was taken from, and is seeded: same embeddings, same
// picture. Neighbours are exact, by cosine. umap-js blocks for a long time at its start, so it runs in a worker.
import { UMAP } from 'umap-js';
import { Random } from '../../../util/random.ts';
import { alignOnto } from './projection.ts';

const UMAP_EPOCHS = 300;
const NEIGHBOURS = 15;
const EPOCHS_PER_CHUNK = 10;

export interface UmapRequest {
  /** Rows of length 1. */
  rows: number[][];
  /** The initial position of each point, [rows, 2]. */
  start: Float64Array;
}

export interface UmapProgress {
  /** [rows, 2], centred, rotated onto the start. */
  layout: Float64Array;
  epoch: number;
  epochs: number;
}

/** Yields intermediate layouts every few epochs; the last one is the result. */
export function* umapLayout({ rows, start }: UmapRequest): Generator<UmapProgress> {
  const neighbours = Math.min(NEIGHBOURS, rows.length - 1);
  const random = Random.seeded(1).fork('umap');
  const umap = new UMAP({ nNeighbors: neighbours, nEpochs: UMAP_EPOCHS, random: () => random.uniform() });
  const { indices, distances } = nearestRows(rows, neighbours);
  umap.setPrecomputedKNN(indices, distances);
  const epochs = umap.initializeFit(rows);
  setInitialPositions(umap.getEmbedding(), start, random);
  for (let epoch = 0; epoch < epochs;) {
    for (let i = 0; i < EPOCHS_PER_CHUNK && epoch < epochs; i++) epoch = umap.step();
    yield { layout: alignedLayout(umap.getEmbedding(), start), epoch, epochs };
  }
}

/**
 * Sets the initial positions by writing into the rows that umap-js returns, which it moves in place. Scaled to the
 * range of its own random initialisation, -10 to 10.
 */
function setInitialPositions(embedding: number[][], start: Float64Array, random: Random): void {
  const largest = start.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  embedding.forEach((row, i) => {
    for (let c = 0; c < 2; c++) row[c] = (10 * start[2 * i + c]!) / largest + 0.01 * random.normal();
  });
}

function alignedLayout(embedding: number[][], start: Float64Array): Float64Array {
  const layout = Float64Array.from(embedding.flat());
  for (let c = 0; c < 2; c++) {
    const mean = embedding.reduce((sum, row) => sum + row[c]! / embedding.length, 0);
    for (let i = c; i < layout.length; i += 2) layout[i]! -= mean;
  }
  alignOnto(layout, start, 2);
  return layout;
}

/** The nearest rows of each row (itself first, as umap-js expects), and their distances 1 - cosine. */
function nearestRows(rows: number[][], count: number): { indices: number[][]; distances: number[][] } {
  const indices: number[][] = [];
  const distances: number[][] = [];
  rows.forEach((row, i) => {
    const all = rows.map((other, j) => {
      let dot = 0;
      for (let k = 0; k < row.length; k++) dot += row[k]! * other[k]!;
      return { j, distance: i === j ? 0 : Math.max(1 - dot, 1e-9) };
    });
    all.sort((a, b) => a.distance - b.distance || a.j - b.j);
    const nearest = [{ j: i, distance: 0 }, ...all.filter(({ j }) => j !== i)].slice(0, count);
    indices.push(nearest.map(({ j }) => j));
    distances.push(nearest.map(({ distance }) => distance));
  });
  return { indices, distances };
}
