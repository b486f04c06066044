// The roles of sentences in a group: the only list of their names. Their appearance is defined in app/style/roles.ts.

/** Levels of similarity to the anchor, the most similar first (the paper's hierarchy). */
export const ROLES = ['anchor', 'positive', 'intermediate', 'negative'] as const;
export type Role = (typeof ROLES)[number];

/** The roles of a group without an intermediate sentence. */
export const TRIPLET_ROLES = ['anchor', 'positive', 'negative'] as const satisfies readonly Role[];

/** The role of a followed sentence: its role in its group, or `plain` for a plain sentence. */
export const POINT_ROLES = [...ROLES, 'plain'] as const;
export type PointRole = (typeof POINT_ROLES)[number];
