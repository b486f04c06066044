// What goes wrong around the page: each says what and what to do, and nothing the visitor has is lost.
import { expect, open, ready, SMALL, test } from './page.ts';

const notice = 'notice';

test.describe('an encoder that does not come', () => {
  const cases = {
    'is not there': { status: 404, body: '' },
    'is refused by the server': { status: 500, body: '' },
    'is cut short': { status: 200, body: 'x'.repeat(1000) },
  };
  for (const [name, answer] of Object.entries(cases)) {
    test(`${name}: says so, keeps the recorded run, and Retry loads it`, async ({ page, watch }) => {
      watch.allow.push(/Failed to load resource/);
      await page.route('**/model.safetensors', (route) => route.fulfill(answer));
      await page.goto(`/#${SMALL}`);
      await expect(page.getByTestId(notice)).toContainText(/model\.safetensors|weights/);
      await expect(page.getByTestId('plot-loss').locator('svg path[d*="L"]').first()).toBeAttached();
      await page.unroute('**/model.safetensors');
      await page.getByTestId(notice).getByRole('button', { name: 'Retry' }).click();
      await ready(page);
    });
  }

  test('is out of reach (offline): says so, and Retry loads it', async ({ page, watch }) => {
    watch.allow.push(/Failed to load resource|net::ERR/);
    await page.route('**/model.safetensors', (route) => route.abort('internetdisconnected'));
    await page.goto(`/#${SMALL}`);
    await expect(page.getByTestId(notice)).toContainText(/could not be fetched/);
    await page.unroute('**/model.safetensors');
    await page.getByTestId(notice).getByRole('button', { name: 'Retry' }).click();
    await ready(page);
  });
});

test('a trainer that dies keeps curves and pairs, and can be started again', async ({ page, watch }) => {
  watch.allow.push(/boom/);
  await open(page);
  await page.getByRole('tab', { name: 'Corpus' }).click();
  await page.getByTestId('pair-anchor').fill('A snail crosses the road.');
  await page.getByTestId('pair-positive').fill('A snail is on the street.');
  await page.getByTestId('pair-add').click();
  await page.getByTestId('transport-step').click();
  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', '1');
  const trainer = page.workers().find((worker) => worker.url().includes('train.worker'))!;
  await trainer.evaluate(
    () =>
      void setTimeout(() => {
        throw new Error('boom');
      }),
  );
  await expect(page.getByTestId(notice)).toContainText(/trainer stopped working/);
  await expect(page.getByTestId('readout-step')).toHaveAttribute('data-value', '1');
  await page.getByRole('button', { name: 'Restart the trainer' }).click();
  await ready(page);
  await expect(page.getByRole('region', { name: 'Sentences and runs' })).toContainText(
    'A snail crosses the road.',
  );
});

test('storage that is full says so and keeps the pair on the page', async ({ page }) => {
  await page.addInitScript(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await open(page);
  await page.getByRole('tab', { name: 'Corpus' }).click();
  await page.getByTestId('pair-anchor').fill('A snail crosses the road.');
  await page.getByTestId('pair-positive').fill('A snail is on the street.');
  await page.getByTestId('pair-add').click();
  await expect(page.getByTestId(notice).first()).toContainText(/[Ee]xport/);
  await expect(page.getByRole('region', { name: 'Sentences and runs' })).toContainText(
    'A snail crosses the road.',
  );
});

test('a link with nonsense names what it could not use, and the rest counts', async ({ page }) => {
  await page.goto(`/#${SMALL}&temperature=banana&colour=red&seed=11`);
  await expect(page.getByTestId(notice).filter({ hasText: /temperature/i })).toBeVisible();
  await expect(page.getByTestId(notice).filter({ hasText: /colour/ })).toBeVisible();
  await ready(page);
  await expect(page.getByTestId('knob-seed')).toHaveValue('11');
});

test('a knob typed out of range says what it takes and keeps the last good value', async ({ page }) => {
  await open(page);
  const temperature = page.getByTestId('knob-temperature');
  await temperature.fill('7');
  await temperature.press('Enter');
  await expect(page.getByTestId('knob-row-temperature')).toContainText(/0\.005 to 1/);
});

test.describe('uploads', () => {
  const give = async (page: import('@playwright/test').Page, name: string, buffer: Buffer) => {
    await page.getByRole('tab', { name: 'Corpus' }).click();
    if (!(await page.getByTestId('import-file').count()))
      await page
        .getByRole('button', { name: /import/i })
        .first()
        .click();
    await page.getByTestId('import-file').setInputFiles({ name, mimeType: 'text/plain', buffer });
  };

  test('a table with a bad line: the rest is used and the line is named', async ({ page }) => {
    await open(page);
    const lines = [
      '{"anchor":"A dog runs.","positive":"A dog is running."}',
      '{"anchor":""}',
      '{"anchor":"A cat sleeps.","positive":"A cat naps."}',
    ];
    await give(page, 'pairs.jsonl', Buffer.from(lines.join('\n')));
    await expect(page.getByTestId('import-report')).toContainText('2');
    await page.getByTestId('import-apply').click();
    await expect(page.getByRole('region', { name: 'Sentences and runs' })).toContainText('A cat sleeps.');
  });

  for (const [name, buffer, says] of [
    ['empty.txt', Buffer.alloc(0), /empty/i],
    ['program.bin.csv', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 1, 2, 3]), /binary|not text|UTF-8/i],
    ['latin1.txt', Buffer.from([0xe9, 0x74, 0xe9, 0x20, 0xff, 0x0a]), /UTF-8/],
  ] as const) {
    test(`${name}: one clear sentence, and the page stays`, async ({ page }) => {
      await open(page);
      await give(page, name, buffer);
      await expect(page.getByTestId('import-report')).toContainText(says);
      await expect(page.getByTestId('transport-play')).toBeEnabled();
    });
  }
});

test('two groups are too few to train on: Train says so, and the page stays', async ({ page }) => {
  await open(page);
  await page.getByRole('tab', { name: 'Corpus' }).click();
  for (const [anchor, positive] of [
    ['A dog runs.', 'A dog is running.'],
    ['A cat sleeps.', 'A cat naps.'],
  ] as const) {
    await page.getByTestId('pair-anchor').fill(anchor);
    await page.getByTestId('pair-positive').fill(positive);
    await page.getByTestId('pair-add').click();
  }
  await page.getByTestId('corpus-bundled').click();
  await expect(page.getByTestId('corpus-shortfall')).toBeVisible();
  await page.getByTestId('transport-play').click();
  await expect(page.getByTestId('notice')).toContainText(/at least|needs/);
  await expect(page.getByRole('region', { name: 'Sentences and runs' })).toContainText('A cat sleeps.');
});
