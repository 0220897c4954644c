// The HTML report as people use it, in a real Chromium: what it shows, the filter, the keyboard, 5,000 cases,
// and that nothing of what a server wrote acts. HTML_SCREENSHOTS=FOLDER keeps pictures of it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const cexec = process.argv[2];
const { chromium } = createRequire(join(process.env.CEXEC_REPORT_MODULES, 'x.js'))('playwright-core');
const scratch = mkdtempSync(join(tmpdir(), 'cexec-html-'));
let passed = 0, failed = 0;

function check(name, is, wanted) {
  const good = wanted instanceof RegExp ? wanted.test(is) : is === wanted;
  good ? passed++ : failed++;
  if (!good) console.log(`FAILED ${name}: ${JSON.stringify(is)}, expected ${wanted}`);
}

function pageOf(name, events) {
  const file = join(scratch, `${name}.jsonl`), page = join(scratch, `${name}.html`);
  writeFileSync(file, events);
  try {
    execFileSync(cexec, ['report', file, '--report', `html:${page}`], { stdio: 'pipe' });
  } catch (error) {
    if (error.status !== 1 && error.status !== 3) throw error;  // the codes of red results
  }
  return `file://${page}`;
}

/** So many cases, every seventh of which fails. */
function manyCases(count) {
  const lines = [{ event: 'runPlanned', version: 1, begunMs: 1764021710000, cases: count }];
  const platforms = ['python', 'cpp', 'node'];
  for (let i = 0; i < count; i++) {
    const line = 10 * (1 + Math.floor(i / 9)), writer = platforms[Math.floor(i / 3) % 3], reader = platforms[i % 3];
    const outcome = i % 7 === 0 ? { is: 'failed', message: `frame ${i} is wrong` } : { is: 'passed' };
    lines.push({ event: 'caseFinished', index: i, report: {
      id: `features/ring.feature:${line} writer=${writer} reader=${reader}`, feature: 'Rings', scenario: `Scenario ${line}`,
      location: { uri: 'features/ring.feature', line }, tags: [i % 2 ? '@odd' : '@even'], outcome, durationMs: 300, startedMs: 40 * i,
      combination: [{ process: 'writer', platform: writer }, { process: 'reader', platform: reader }],
      instances: [['writer', writer], ['reader', reader]].map(([process, platform]) => ({ process, platform, exitCode: 0, endedBy: 'shutdown',
        lines: Array.from({ length: 8 }, (_, k) => ({ atMs: 10 * k, source: 'log', level: 'INFO', text: `line ${k} of ${process}` })),
        measuredBy: 'cgroup', peak: { memory: 5 << 20, cpuNs: 40e6, pids: 5 },
        samples: Array.from({ length: 8 }, (_, k) => ({ atMs: 40 * i + 100 * k, memory: (4 << 20) + 4096 * k, cpuNs: 5e6 * k, pids: 1, readBytes: 0, writeBytes: 0 })),
        life: { createdMs: 40 * i, startedMs: 40 * i + 80, readyMs: 40 * i + 140, endedMs: 40 * i + 300 } })),
      steps: Array.from({ length: 4 }, (_, k) => ({ location: { uri: 'features/ring.feature', line: line + k }, keyword: 'When ',
        text: `the 'writer' process does ${k}`, process: 'writer', outcome, durationMs: 5, startedMs: 20 * k })),
      culpritStep: i % 7 === 0 ? 1 : undefined } });
  }
  lines.push({ event: 'runFinished', durationMs: 40 * count, leftBehind: [] });
  return lines.map((line) => JSON.stringify({ at: 1, ...line })).join('\n') + '\n';
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--headless', '--disable-gpu'] });
async function open(url, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(error.message));
  page.on('dialog', (dialog) => { page.problems.push('dialog'); dialog.dismiss(); });
  page.on('request', (request) => { if (!request.url().startsWith('file:')) page.problems.push(request.url()); });
  await page.goto(url);
  return page;
}
const rows = (page) => page.locator('#list .row').count();
const shot = async (page, name) => {
  if (process.env.HTML_SCREENSHOTS) await page.screenshot({ path: join(process.env.HTML_SCREENSHOTS, `${name}.png`) });
};

async function usesTheMouse(url) {
  const page = await open(url);
  check('head', await page.textContent('#verdict'), /^14 cases: 2 passed \(1 flaky\), 8 failed, 1 skipped, 3 could not run/);
  check('all cases', await rows(page), 14);
  check('nothing is said of what is left', await page.isVisible('#left-section'), false);
  await page.fill('#text', 'checksum cpp');
  check('words are all to be there', await rows(page), 2);
  await page.click('#reset');
  await page.click('#outcomes [data-outcome="1"]');
  check('without what failed', await rows(page), 6);
  await page.click('#reset');
  await page.click('#matrix [aria-label^="python with python"]');
  check('a cell of the matrix', await rows(page), 1);
  await page.click('#reset');
  await page.click('#list .row >> nth=0');
  const detail = await page.textContent('#list .detail');
  check('its evidence', detail, /checksum/);
  check('its logs', detail, /second/);
  check('its command', detail, /--combo writer=/);
  check('mouse: no error', page.problems.join(), '');
  await shot(page, 'open');
  await page.close();
}

async function usesTheKeyboardOnly(url) {
  const page = await open(url);
  await page.keyboard.press('/');
  await page.keyboard.type('killed');
  check('typed', await rows(page), 1);
  await page.keyboard.press('Escape');
  check('escaped', await rows(page), 14);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  check('opened', await page.locator('#list .row[aria-expanded="true"]').count(), 1);
  check('the second', await page.evaluate(() => [...document.querySelectorAll('.row')].findIndex((row) => row.ariaExpanded === 'true')), 1);
  await page.keyboard.press('Enter');
  check('closed', await page.locator('#list .detail').count(), 0);
  await page.reload();
  await page.keyboard.press('Tab');
  check('the first stop skips to the cases', await page.evaluate(() => document.activeElement.textContent), 'Skip to the cases');
  const unnamed = await page.evaluate(() => [...document.querySelectorAll('button, input, select, canvas')].filter((node) =>
    !(node.ariaLabel || node.textContent.trim() || node.labels?.length)).map((node) => node.outerHTML));
  check('everything has a name', unnamed.join(), '');
  check('keyboard: no error', page.problems.join(), '');
  await page.close();
}

async function fitsAPhone(url) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open(url, { viewport: { width: 400, height: 800 }, colorScheme });
    await page.click('#list .row >> nth=0');
    await page.click('#chart-section summary');
    check(`nothing stands out at 400 px (${colorScheme})`, await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    await shot(page, `phone-${colorScheme}`);
    await page.close();
  }
}

async function obeysNothing(url) {
  const page = await open(url);
  for (const row of await page.locator('#list .row').all()) await row.click();
  await page.click('#chart-section summary');
  check('the title is ours', await page.title(), /cexec$/);
  check('no element of theirs', await page.locator('img, .detail script').count(), 0);
  check('hostile: no error, dialog or request', page.problems.join(), '');
  check('nothing is lost', await page.textContent('#list'), /\\xff\\xfe/);
  check('what turns text around is written out', await page.textContent('#list'), /\\u202e/);
  await page.close();
}

async function showsWhatIsLeft(url) {
  const page = await open(url);
  check('left: head', await page.textContent('#left-title'), '1 object left behind');
  check('left: which, of which case', await page.textContent('#left'), /^container cexec-1-writer of features\/ring.feature:12 /);
  check('left: no error', page.problems.join(), '');
  await page.close();
}

async function takesManyCases(url) {
  const begin = performance.now();
  const page = await open(url);
  await page.waitForSelector('#list .row');
  console.log(`5000 cases shown after ${Math.round(performance.now() - begin)} ms`);
  check('counted', await page.textContent('#count'), '5000 cases of 5000');
  check('not all are drawn', await rows(page), 200);
  await page.click('#more');
  check('more', await rows(page), 400);
  const filter = performance.now();
  await page.fill('#text', 'reader=node frame');
  await page.waitForFunction(() => !document.getElementById('count').textContent.startsWith('5000 '));
  console.log(`filtered after ${Math.round(performance.now() - filter)} ms`);
  await page.click('#chart-section summary');
  await page.waitForFunction(() => document.getElementById('chart').height > 20);
  check('many: no error', page.problems.join(), '');
  await page.close();
}

try {
  const url = pageOf('run', readFileSync(join(here, 'reports/events.jsonl')));
  await usesTheMouse(url);
  const left = [{ what: 'container cexec-1-writer', case: 'features/ring.feature:12 writer=python reader=cpp' }];
  await showsWhatIsLeft(pageOf('leaking', manyCases(9).replace('"leftBehind":[]', `"leftBehind":${JSON.stringify(left)}`)));
  await usesTheKeyboardOnly(url);
  await fitsAPhone(url);
  await obeysNothing(pageOf('hostile', readFileSync(join(here, 'reports/hostile_events.jsonl'))));
  await takesManyCases(pageOf('many', manyCases(5000)));
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
