// The roles of sentences in a group: the one list of their names. How a role looks is in app/style/roles.ts.

/** Levels of similarity to the anchor, the most similar first (the paper's hierarchy). */
export const ROLES = ['anchor', 'positive', 'intermediate', 'negative'] as const;
export type Role = (typeof ROLES)[number];

/** The roles of a group without an intermediate sentence. */
export const TRIPLET_ROLES = ['anchor', 'positive', 'negative'] as const satisfies readonly Role[];

/** What a followed sentence is: its role in its group, or a plain sentence. */
export const POINT_ROLES = [...ROLES, 'plain'] as const;
export type PointRole = (typeof POINT_ROLES)[number];
