// The input of a line plot: one curve and its style. Points are the run's own arrays; plots never change them.
import type { Reading } from '../../metrics/rfd.ts';

export interface Line {
  id: string;
  label: string;
  /** CSS colour. */
  color: string;
  /** Evaluation data is dashed, held-out training data solid. */
  dash?: boolean;
  /** By ascending step. */
  points: readonly Reading[];
}

/** One entry of a plot's key: a sample of the drawing, its name and, for curves, the last value. */
export interface LegendEntry {
  label: string;
  color: string;
  style: 'solid' | 'dash' | 'tint' | 'outline' | 'dots' | 'number';
  /** The last value; null when there is none yet, undefined when the entry has no number. */
  value?: number | null;
  /** The step of the value, where it may be older than the values beside it; `current`: it is not older. */
  at?: number | undefined;
  current?: boolean;
  /** Name of the public readout, without its prefix. */
  readout?: string;
}

/** A table of numbers, for CSV and for a text alternative to the plot. */
export interface PlotTableData {
  columns: string[];
  rows: (number | string | null)[][];
}
