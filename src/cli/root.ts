// The folder of package.json: where the bundled models and corpora lie.
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
