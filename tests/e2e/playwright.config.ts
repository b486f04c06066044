// The page in a real Chromium: once with WebGPU (a software adapter where there is no GPU), once without.
import { defineConfig } from '@playwright/test';

const PORT = 4199;
const COMMON = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const launch = (args: string[]) => ({
  launchOptions: { executablePath: process.env.CHROMIUM ?? '', args: [...COMMON, ...args] },
});

export default defineConfig({
  testDir: '.',
  outputDir: '../../.cache/e2e',
  // A GPU in software needs seconds for a step; nothing here waits for a fixed time.
  timeout: 600_000,
  expect: { timeout: 240_000 },
  workers: 1,
  reporter: [['list']],
  use: { baseURL: `http://127.0.0.1:${PORT}`, viewport: { width: 1440, height: 900 } },
  webServer: {
    command: `node ../../node_modules/vite/bin/vite.js preview --port ${PORT} --strictPort --outDir dist ../..`,
    url: `http://127.0.0.1:${PORT}`,
    reuseExistingServer: false,
  },
  projects: [
    {
      name: 'webgpu',
      use: launch(['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']),
      testMatch: ['journey.spec.ts', 'loss.spec.ts'],
    },
    {
      name: 'without-webgpu',
      use: launch(['--disable-features=WebGPU,WebGPUService']),
      testIgnore: ['loss.spec.ts'],
    },
  ],
});
