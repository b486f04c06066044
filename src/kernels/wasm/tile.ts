// Size of the tile of C that the matrix product keeps in registers. Compiled by both TypeScript and AssemblyScript.
//
// 5 x 8 fits into 16 vector registers: ten sums, two vectors of B, one of A, and two for the compiler.

/** Rows of a packed strip of A. */
export const STRIP_ROWS = 5;
/** Columns of a packed panel of B: two vectors of four. */
export const PANEL_COLUMNS = 8;
