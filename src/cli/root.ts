// Path of the project's root folder (that of package.json), which contains the bundled models and corpora.
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
