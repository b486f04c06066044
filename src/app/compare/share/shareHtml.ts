// Exports a run as a single HTML page that plays it offline. The player itself is built separately (vite.player.ts).
import type { Group } from '../../../data/group.ts';
import { writePage } from '../../../run/sharedPage.ts';
import { messageOf } from '../../../util/failure.ts';
import { t } from '../../messages/t.ts';
import { wholeRecord, type SharedRun } from './sharedRun.ts';

const PLAYER = './share/player.html';
/** Maximum number of corpus groups included in the page. */
export const SAMPLE = 60;

/** At most `most` groups, evenly spaced. */
function sampleOf(groups: readonly Group[], most = SAMPLE): Group[] {
  const count = Math.min(groups.length, most);
  const places = new Set(Array.from({ length: count }, (_, i) => Math.floor((i * groups.length) / count)));
  return groups.filter((_, i) => places.has(i));
}

/** @throws Error with one clause giving the reason */
export async function fetchPlayer(): Promise<string> {
  try {
    const response = await fetch(new URL(PLAYER, document.baseURI));
    if (!response.ok) throw new Error(String(response.status));
    return await response.text();
  } catch (error) {
    throw new Error(t('share.playerMissing', { why: messageOf(error) }), { cause: error });
  }
}

/** @param player HTML returned by fetchPlayer @param corpus all groups of the run; a sample of them is included */
export function shareHtml(run: SharedRun, corpus: readonly Group[], player: string, saved: Date): string {
  const groups = sampleOf(corpus).map(
    ({ id, anchor, positive, intermediate, negative, pattern, source, by }) => ({
      id,
      anchor,
      positive,
      intermediate,
      negative,
      pattern,
      source,
      by,
    }),
  );
  const about = { name: run.name, saved: saved.toISOString(), corpus: { groups, total: corpus.length } };
  return writePage(player, about, wholeRecord(run));
}
