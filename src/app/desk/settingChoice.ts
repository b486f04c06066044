// What the recipe offers to choose from besides knobs.

/** One of a few things: a corpus, an encoder. */
export interface Choice {
  id: string;
  label: string;
  /** One sentence. */
  help: string;
}
