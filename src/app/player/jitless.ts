// Disables zod's JIT before any schema is created: the page's Content Security Policy forbids eval, and even an attempt
// would be reported as a violation.
import { z } from 'zod';

z.config({ jitless: true });
