// The style of the sentence roles everywhere: one colour, one shape and one mark each. The colours themselves are in
// tokens.css, so that themes can change them.
import type { PointRole } from '../../run/roles.ts';

export interface RoleStyle {
  /** CSS colour. */
  color: string;
  /** Distinguishable without colour. */
  shape: 'circle' | 'square' | 'triangle' | 'diamond' | 'ring';
}

export const ROLE_STYLES: Record<PointRole, RoleStyle> = {
  anchor: { color: 'var(--role-anchor)', shape: 'circle' },
  positive: { color: 'var(--role-positive)', shape: 'square' },
  intermediate: { color: 'var(--role-intermediate)', shape: 'triangle' },
  negative: { color: 'var(--role-negative)', shape: 'diamond' },
  plain: { color: 'var(--role-plain)', shape: 'ring' },
};
