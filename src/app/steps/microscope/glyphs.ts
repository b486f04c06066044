// The pictograms of the stages for the table of contents: SVG paths (strokes) in a 24 x 24 square.
import type { StageKind } from './stages.ts';

export const GLYPHS: Record<StageKind, string> = {
  sentence: 'M4 7h16M4 12h16M4 17h10',
  tokens: 'M2.5 9h5.5v6H2.5zM10 9h4v6h-4zM16 9h5.5v6H16z',
  embeddings: 'M4 5h16v14H4zM4 9.7h16M4 14.3h16M9.3 5v14M14.7 5v14',
  attention: 'M6 5 18 19M6 12 18 5M6 19l12-7M6 5h12',
  pooling: 'M4 4h16M4 8h16M4 12h16M12 12v5M9.5 15l2.5 2.5 2.5-2.5M4 21h16',
  head: 'M2.5 12H8M16 12h5.5M8 6h8v12H8z',
  cosines: 'M5 19h15M5 19 16 5M12.5 19a8 8 0 0 0-2.6-5.9',
  softmax: 'M4.5 20v-6M9.5 20V4M14.5 20v-3M19.5 20v-7',
  loss: 'M4 4v16h16M7 4c0 8 4 12 13 12',
  ht: 'M2.5 14h19M6 10v8M12 10v8M18 10v8',
  gradient: 'M5 19 18 6M10 6h8v8',
  clip: 'M3 12h11M11 9l3 3-3 3M18 5v14',
  update: 'M19 12a7 7 0 1 1-2.2-5.1M17.5 2.5v4.6h-4.6',
  after: 'M5 6v12M19 6v12M8.5 12h7M13 9.5l2.5 2.5L13 14.5',
};
