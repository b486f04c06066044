// Before any schema is made: the policy of the page forbids code made from text, and trying it would be reported.
import { z } from 'zod';

z.config({ jitless: true });
