// One sentence on the map.
import type { Mark } from '../../style/roles.ts';

export interface MapPoint {
  id: string;
  group: string;
  role: Mark;
  text: string;
  /** Typed by the visitor: carries a ring. */
  typed: boolean;
}
