// The link in the address bar: reports the entries that could not be used, and loads a link entered while the page is
// open.
import type { NoticesState } from './notices.svelte.ts';
import type { RecipeState } from './recipe.svelte.ts';

/** Shows one notice for each entry of the link that could not be used. */
export function showLinkErrors(
  recipe: Pick<RecipeState, 'linkErrors'>,
  notices: Pick<NoticesState, 'show'>,
): void {
  for (const [index, text] of recipe.linkErrors.entries())
    notices.show({ id: `link-${index}`, kind: 'bad', text });
}

/**
 * Loads a new link into the recipe.
 * @param hash with or without its #
 */
export function openLink(
  hash: string,
  recipe: Pick<RecipeState, 'load' | 'linkErrors'>,
  notices: Pick<NoticesState, 'show'>,
): void {
  recipe.load(hash.replace(/^#/, ''));
  showLinkErrors(recipe, notices);
}
