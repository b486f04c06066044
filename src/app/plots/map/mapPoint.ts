// One sentence on the map.
import type { PointRole } from '../../../run/roles.ts';

export interface MapPoint {
  id: string;
  group: string;
  role: PointRole;
  text: string;
  /** Typed by the visitor: drawn with a ring. */
  typed: boolean;
}
