/*
 * page.js: the page of a folder and that of an error, in Chromium, wide, on a phone and in the dark: axe finds nothing
 * to object to, html-validate neither, names are what they are, nothing needs a script, nothing sticks out.
 *
 * page.js URL PICTURES: prints a line a check, "ok" or "FAILED: …"; the screenshots go to the folder PICTURES.
 */
const { chromium } = require('playwright-core');
const { HtmlValidate } = require('html-validate');
const axe = require('axe-core');

const [url, pictures] = process.argv.slice(2);
const views = {
    wide: { viewport: { width: 1200, height: 800 } },
    phone: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
    dark: { viewport: { width: 1200, height: 800 }, colorScheme: 'dark' },
    'dark-phone': { viewport: { width: 360, height: 740 }, isMobile: true, colorScheme: 'dark' },
};
const pages = { folder: '/', sorted: '/?sort=-size', inner: '/a%20folder/', error: '/absent' };
/* As they stand in the folder; what is no UTF-8 shows as the replacement character. */
const names = ['a folder/', '100% #1?.txt', 'a&b <i>"\'.txt', 'bad\ufffd.txt', 'b\u00e4r \u2713.txt', 'large.bin',
               'small.txt'];
const rules = new HtmlValidate({ extends: ['html-validate:standard'] });

function check(ok, what) {
    console.log(ok ? 'ok' : `FAILED: ${what}`);
}

/* What a reader sees in the column of names. */
function shown(page) {
    return page.$$eval('tbody td:first-child', (cells) => cells.map((cell) => cell.textContent));
}

async function look(browser, view, name) {
    const context = await browser.newContext(views[view]);
    const page = await context.newPage();

    await page.goto(url + pages[name]);
    await page.evaluate(axe.source);
    const found = await page.evaluate(() => axe.run());
    check(found.violations.length === 0 && found.passes.length > 5,
          `${name}, ${view}: axe: ${found.violations.map((v) => `${v.id} (${v.nodes[0].html})`).join(', ')}`);
    check(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
          `${name}, ${view}: too wide`);
    const [r, g, b] = (await page.evaluate(() => {
        const canvas = getComputedStyle(document.body).backgroundColor;
        return canvas === 'rgba(0, 0, 0, 0)' ? 'rgb(255, 255, 255)' : canvas;
    })).match(/\d+/g).map(Number);
    check((r + g + b < 200) === view.startsWith('dark') || name === 'error',
          `${name}, ${view}: ${r} ${g} ${b} behind it`);
    if (view === 'phone')
        check(await page.$$eval('td a', (links) => links.every((l) => l.getBoundingClientRect().height >= 38)),
              `${name}: links too small for a finger`);
    await page.screenshot({ path: `${pictures}/${name}-${view}.png` });
    await context.close();
}

/* Sorted by who has no script, and each name leads where it says. */
async function use(browser) {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();

    await page.goto(`${url}/`);
    check(JSON.stringify(await shown(page)) === JSON.stringify(names), `names: ${JSON.stringify(await shown(page))}`);
    await page.click('thead a:text("Size")');
    const up = await shown(page);
    check(up[0] === 'a folder/' && up[up.length - 1] === 'large.bin', `by size: ${up}`);
    await page.click('thead a:text("Size")');
    const down = await shown(page);
    check(down[0] === 'a folder/' && down[1] === 'large.bin', `by size, down: ${down}`);
    await page.click('text=a folder/');
    check(page.url() === `${url}/a%20folder/`, `into the folder: ${page.url()}`);
    await page.click('text=..');
    check(page.url() === `${url}/`, `and back: ${page.url()}`);
    for (const href of await page.$$eval('tbody a', (links) => links.map((l) => l.href))) {
        const answer = await context.request.get(href);
        check(answer.status() === 200, `${href}: ${answer.status()}`);
    }
    check(!(await page.content()).match(/<script|<i>|onerror/), 'something came through');
    await context.close();
}

(async () => {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
                                            args: ['--no-sandbox', '--disable-gpu'] });
    for (const view of Object.keys(views))
        for (const name of Object.keys(pages))
            await look(browser, view, name);
    await use(browser);
    for (const name of Object.keys(pages)) {
        const text = await (await fetch(url + pages[name])).text();
        const report = await rules.validateString(text);
        const found = report.results.flatMap((r) => r.messages).map((m) => `${m.ruleId}: ${m.message} (${m.line})`);
        check(report.valid, `${name}: ${found.join('; ')}`);
    }
    await browser.close();
})().catch((error) => {
    console.log(`FAILED: ${error}`);
    process.exit(1);
});
