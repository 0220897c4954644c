'use strict';
// Draws the report from the data in the page. Whatever stands in the data is shown as text: nothing here makes
// markup of a string.
(() => {
  const data = JSON.parse(document.getElementById('index').textContent);
  const categories = ['passed', 'failed', 'skipped', 'could not run'];
  const processColors = ['a', 'b', 'c', 'd', 'e'];
  const pageSize = 200;
  const $ = (id) => document.getElementById(id);

  /** Makes an element: make('p', {class: 'x', onclick: f}, 'text', child, …). */
  function make(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
      else if (value !== false && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== undefined && child !== ''));
    return node;
  }

  /** Characters that nobody sees, or that turn others around, as what they are. */
  const shown = (text) => text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));

  /** A text of an event: a string, or bytes that are no UTF-8. */
  function textOf(value) {
    if (value === undefined) return '';
    if (typeof value === 'string') return shown(value);
    const bytes = Uint8Array.from(atob(value.base64), (c) => c.charCodeAt(0));
    return shown(Array.from(bytes, (b) => b < 0x80 ? String.fromCharCode(b) : '\\x' + b.toString(16)).join(''));
  }

  function span(ms) {
    if (ms < 1000) return `${ms}ms`;
    if (ms < 60000) return `${(ms / 1000).toFixed(1)}s`;
    return `${Math.floor(ms / 60000)}m${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}s`;
  }
  function size(bytes) {
    for (const unit of ['bytes', 'KiB', 'MiB']) {
      if (bytes < 1024) return `${unit === 'bytes' ? bytes : bytes.toFixed(1)} ${unit}`;
      bytes /= 1024;
    }
    return `${bytes.toFixed(1)} GiB`;
  }
  const counted = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const stamp = (ms) => `+${(ms / 1000).toFixed(3)}s`;

  for (const one of data.cases) {
    const scenario = data.scenarios[one.s];
    one.scenario = scenario;
    one.combo = one.p.map((p, i) => [scenario.processes[i] ?? '', data.platforms[p].name]);
    one.id = `${scenario.uri}:${scenario.line} ${one.combo.map(([a, b]) => `${a}=${b}`).join(' ')}`;
    one.text = `${one.id} ${scenario.name} ${scenario.feature} ${one.h ?? ''} ${one.o}`.toLowerCase();
  }
  data.cases.forEach((one, i) => { one.index = i; });
  const badness = [2, 0, 3, 1];
  const ordered = [...data.cases].sort((a, b) => badness[a.c] - badness[b.c] || a.index - b.index);

  const count = (test) => data.cases.filter(test).length;
  const totals = categories.map((_, c) => count((one) => one.c === c));
  const flaky = count((one) => one.f);

  // The filter: everything that is shown depends on it.
  const filter = {text: '', tag: '', outcomes: new Set([0, 1, 2, 3]), pair: null, cause: null};
  function pairsOf(one) {
    if (one.p.length === 1) return [[one.p[0], one.p[0]]];
    return one.p.flatMap((a, i) => one.p.slice(i + 1).map((b) => [a, b]));
  }
  function matches(one) {
    if (!filter.outcomes.has(one.c)) return false;
    if (filter.tag && !one.scenario.tags.includes(filter.tag)) return false;
    if (filter.pair && !pairsOf(one).some(([a, b]) => a === filter.pair[0] && b === filter.pair[1])) return false;
    if (filter.cause && !filter.cause.has(one.index)) return false;
    return filter.text.split(/\s+/).every((word) => one.text.includes(word));
  }

  // ---- head
  const red = totals[1] + totals[3];
  document.title = `${red ? `${red} red` : data.leftHeadline || 'all green'} · cexec`;
  $('left-section').hidden = !data.leftHeadline;
  $('left-title').textContent = shown(data.leftHeadline);
  $('left').textContent = data.left;
  $('verdict').textContent = `${counted(data.cases.length, 'case')}: ` +
    [`${totals[0]} passed${flaky ? ` (${flaky} flaky)` : ''}`, `${totals[1]} failed`, `${totals[2]} skipped`,
      `${totals[3]} could not run`].join(', ') + ` in ${span(data.durationMs)}`;
  const facts = data.runs.map((run) => [run.begunMs ? new Date(run.begunMs).toLocaleString() : '', run.mode, run.engine,
    run.run && `run ${run.run}`].filter(Boolean).join(' · '));
  if (data.stoppedBecause) facts.unshift(`Stopped: ${data.stoppedBecause}`);
  for (const fact of facts) $('facts').append(make('span', {}, shown(fact)), make('br'));

  // ---- matrix
  function drawMatrix() {
    const table = $('matrix');
    table.replaceChildren();
    const cells = new Map();
    for (const one of data.cases) {
      const own = new Set(pairsOf(one).map(([a, b]) => `${a} ${b}`));
      for (const key of own) {
        const cell = cells.get(key) ?? [0, 0, 0, 0, 0];
        cell[one.c] += 1;
        if (one.f) cell[4] += 1;
        cells.set(key, cell);
      }
    }
    const names = data.platforms.map((platform) => shown(platform.name));
    table.append(make('thead', {}, make('tr', {},
      make('th', {class: 'corner'}, `${shown(data.rowTitle)} ↓  ${shown(data.columnTitle)} →`),
      ...names.map((name) => make('th', {scope: 'col'}, name)))));
    const body = make('tbody');
    names.forEach((row, a) => {
      body.append(make('tr', {}, make('th', {scope: 'row'}, row), ...names.map((column, b) => {
        const cell = cells.get(`${a} ${b}`);
        return make('td', {}, cell ? cellButton(cell, a, b, row, column) : '');
      })));
    });
    table.append(body);
  }
  function cellButton(cell, a, b, row, column) {
    const all = cell[0] + cell[1] + cell[2] + cell[3];
    const worst = cell[1] ? 1 : cell[3] ? 3 : cell[0] ? 0 : 2;
    const words = categories.map((name, c) => cell[c] ? `${cell[c]} ${name}` : '').filter(Boolean);
    if (cell[4]) words.push(`${cell[4]} flaky`);
    const small = worst === 0 ? [cell[4] ? `${cell[4]} flaky` : 'passed']
      : worst === 2 ? [categories[2]] : [make('span', {class: 'word'}, `${categories[worst]} `), `of ${all}`];
    const isPressed = filter.pair !== null && filter.pair[0] === a && filter.pair[1] === b;
    return make('button', {
      type: 'button', class: `is-${worst}`, 'aria-pressed': String(isPressed),
      'aria-label': `${row} with ${column}: ${words.join(', ')}. Show these cases`,
      onclick: () => {
        filter.pair = isPressed ? null : [a, b];
        filter.cause = null;
        update();
        $('matrix').rows[a + 1].cells[b + 1].firstChild.focus();
      },
    }, make('b', {}, `${['✓', '✗', '–', '!'][worst]} ${cell[worst]}`), make('span', {}, ...small));
  }

  // ---- causes
  function drawCauses() {
    if (data.causes.length === 0) return;
    $('causes-section').hidden = false;
    $('in-common').textContent = shown(data.inCommon);
    for (const cause of data.causes.slice(0, 12)) {
      const first = data.cases[cause.cases[0]];
      $('causes').append(make('li', {}, make('div', {},
        make('div', {class: 'message'}, shown(first.h ?? first.o)),
        make('div', {class: 'why'}, cause.explanation ? shown(cause.explanation) : shown(first.id))),
      make('button', {type: 'button', onclick: () => {
        filter.cause = new Set(cause.cases);
        filter.pair = null;
        update();
        $('cases-title').scrollIntoView();
      }}, counted(cause.cases.length, 'case'))));
    }
    if (data.causes.length > 12) $('causes').append(make('li', {}, `and ${data.causes.length - 12} more causes`));
  }

  // ---- filter
  function drawFilter() {
    const tags = [...new Set(data.scenarios.flatMap((scenario) => scenario.tags))].sort();
    $('tag').append(make('option', {value: ''}, 'any'), ...tags.map((tag) => make('option', {value: tag}, shown(tag))));
    categories.forEach((name, c) => {
      if (totals[c] === 0) return;
      $('outcomes').append(make('button', {type: 'button', class: `is-${c}`, 'data-outcome': c, onclick: () => {
        if (!filter.outcomes.delete(c)) filter.outcomes.add(c);
        update();
      }}, `${totals[c]} ${name}`));
    });
    $('text').addEventListener('input', () => { filter.text = $('text').value.toLowerCase().trim(); update(); });
    $('tag').addEventListener('change', () => { filter.tag = $('tag').value; update(); });
    $('filter').addEventListener('submit', (event) => event.preventDefault());
    $('reset').addEventListener('click', reset);
  }
  function reset() {
    Object.assign(filter, {text: '', tag: '', outcomes: new Set([0, 1, 2, 3]), pair: null, cause: null});
    $('text').value = '';
    $('tag').value = '';
    update();
  }

  // ---- list
  let visible = [];
  let drawn = 0;
  function update() {
    visible = ordered.filter(matches);
    drawn = 0;
    $('list').replaceChildren();
    drawMore();
    for (const button of $('outcomes').querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String(filter.outcomes.has(Number(button.dataset.outcome))));
    }
    const why = [filter.pair && `${filter.pair.map((p) => data.platforms[p].name).join(' with ')}`,
      filter.cause && 'one cause'].filter(Boolean).join(', ');
    $('count').textContent = `${counted(visible.length, 'case')} of ${data.cases.length}${why ? `: ${shown(why)}` : ''}`;
    drawMatrix();
  }
  function drawMore() {
    const part = visible.slice(drawn, drawn + pageSize);
    $('list').append(...part.map(rowOf));
    drawn += part.length;
    $('more').hidden = drawn === visible.length;
    $('more').textContent = `Show ${Math.min(pageSize, visible.length - drawn)} more of ${visible.length - drawn}`;
  }
  function rowOf(one) {
    const row = make('button', {type: 'button', class: 'row', 'aria-expanded': 'false', 'data-case': one.index},
      make('span', {class: `badge is-${one.c}`}, one.f ? 'flaky' : one.o),
      make('span', {class: 'name'}, shown(one.scenario.name)),
      make('span', {class: 'combo'}, ...one.combo.map(([process, platform]) =>
        make('span', {}, `${shown(process)} `, make('b', {}, shown(platform))))),
      make('span', {class: 'took'}, span(one.d)),
      make('span', {class: 'place'}, `${shown(one.scenario.uri)}:${one.scenario.line}`,
        one.h ? make('span', {class: 'message'}, ` ${shown(one.h)}`) : ''));
    const item = make('li', {}, row);
    row.addEventListener('click', () => {
      const isOpen = row.getAttribute('aria-expanded') === 'true';
      row.setAttribute('aria-expanded', String(!isOpen));
      item.classList.toggle('open', !isOpen);
      if (isOpen) item.lastChild.remove();
      else item.append(detailOf(one.index));
    });
    return item;
  }

  // ---- one case
  const merge = (...parts) => parts.flat().filter(Boolean);
  /** 'timedOut' becomes 'timed out'. */
  const inWords = (name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  function outcomeText(outcome) {
    if (outcome.is === 'timedOut')
      return merge(`${textOf(outcome.what)} took longer than ${span(outcome.limitMs)}`, outcome.detail && textOf(outcome.detail)).join('\n');
    if (outcome.is === 'killedForMemory') return `killed for memory: it needed more than its ${size(outcome.limit)}`;
    const fields = {code: (v) => `exit code ${v}`};
    return merge(['message', 'reason', 'code', 'detail', 'type', 'hint'].map((name) =>
      outcome[name] === undefined ? '' : fields[name] ? fields[name](outcome[name]) : textOf(outcome[name]))).join('\n');
  }
  function detailOf(index) {
    const report = JSON.parse($(`case-${index}`).textContent);
    const detail = make('div', {class: 'detail'});
    addReport(detail, report);
    (report.earlierAttempts ?? []).forEach((attempt, i) => {
      detail.append(make('h3', {}, `Earlier attempt ${i + 1}: ${inWords(attempt.outcome.is)}`));
      addReport(detail, attempt);
    });
    return detail;
  }
  function addReport(detail, report) {
    if (report.tags) detail.append(make('p', {class: 'tags'}, report.tags.map(textOf).join(' ')));
    if (report.outcome.is !== 'passed') {
      const who = report.culpritProcess ? `${textOf(report.culpritProcess)}: ` : '';
      detail.append(make('pre', {class: 'red'}, `${who}${outcomeText(report.outcome) || inWords(report.outcome.is)}`));
      addExpected(detail, report.outcome);
    }
    if (report.steps || (report.instances ?? []).some((instance) => instance.lines)) addTimeLine(detail, report);
    if (report.instances) addInstances(detail, report);
    for (const warning of report.warnings ?? []) detail.append(make('p', {}, `Warning: ${textOf(warning)}`));
    if (report.artifacts) detail.append(make('p', {class: 'tags'}, `Logs and transcript: ${textOf(report.artifacts)}`));
    if (report.rerun) detail.append(make('h3', {}, 'Run it again'), make('pre', {class: 'again', tabindex: '0'}, textOf(report.rerun)));
  }
  function addExpected(detail, outcome) {
    if (outcome.expected !== undefined || outcome.actual !== undefined) {
      detail.append(make('div', {class: 'two'},
        make('div', {}, make('h3', {}, 'Expected'), make('pre', {}, textOf(outcome.expected))),
        make('div', {}, make('h3', {}, 'Actual'), make('pre', {}, textOf(outcome.actual)))));
    }
    if (outcome.stack) detail.append(make('h3', {}, 'Stack'), make('pre', {}, textOf(outcome.stack)));
  }

  /** Steps and the lines of all processes, by time. */
  function addTimeLine(detail, report) {
    const processes = report.combination?.map((pair) => textOf(pair.process)) ?? [];
    const rows = (report.steps ?? []).map((step, i) => ({
      at: step.startedMs ?? 0, process: textOf(step.process), isStep: true, isCulprit: i === report.culpritStep,
      what: `${textOf(step.keyword)}${textOf(step.text)}`,
      note: `${inWords(step.outcome.is)} ${step.outcome.is === 'skipped' ? '' : span(step.durationMs)}`, skipped: step.outcome.is === 'skipped',
    }));
    for (const row of rows) if (row.skipped) row.at = Infinity;  // they never began
    for (const instance of report.instances ?? []) {
      for (const line of instance.lines ?? []) {
        rows.push({at: line.atMs, process: textOf(instance.process), note: line.source,
          what: `${line.level ? `${textOf(line.level)} ` : ''}${textOf(line.text)}`});
      }
    }
    rows.sort((a, b) => a.at === b.at ? 0 : a.at - b.at);
    const color = (process) => `color: var(--${processColors[Math.max(0, processes.indexOf(process)) % processColors.length]})`;
    detail.append(make('h3', {}, 'Steps and logs by time'), make('table', {},
      make('thead', {}, make('tr', {}, ...['Time', 'Process', 'Source', 'What'].map((name) => make('th', {scope: 'col'}, name)))),
      make('tbody', {}, ...rows.map((row) => make('tr', {class: merge(row.isStep && 'step', row.isCulprit && 'culprit').join(' ')},
        make('td', {class: 'time'}, row.at === Infinity ? '' : stamp(row.at)),
        make('td', {class: 'who', style: color(row.process)}, row.process),
        make('td', {class: 'time'}, row.note),
        make('td', {class: 'what'}, row.what))))));
  }

  function addInstances(detail, report) {
    const ends = {itself: 'ended by itself', shutdown: 'ended on shutdown', sigterm: 'ended on SIGTERM',
      sigkill: 'was killed by cexec', nothing: 'ended'};
    detail.append(make('h3', {}, 'Instances'), make('table', {}, make('tbody', {}, ...report.instances.map((one) =>
      make('tr', {},
        make('td', {class: 'who'}, `${textOf(one.process)} = ${textOf(one.platform)}`),
        make('td', {}, merge(
          one.exitCode === undefined ? 'its end was not seen' : `${ends[one.endedBy]}, exit code ${one.exitCode}`,
          one.oomKilled && 'killed for memory',
          one.peak.memory && `at most ${size(one.peak.memory)}, CPU ${span(Math.round(one.peak.cpuNs / 1e6))}`,
          one.peak.pids && `${one.peak.pids} ${one.peak.pids === 1 ? 'pid' : 'pids'}`,
          one.peak.readBytes && `${size(one.peak.readBytes)} read`,
          one.peak.writeBytes && `${size(one.peak.writeBytes)} written`,
          one.omittedBytes && `${size(one.omittedBytes)} of its output left out`).join(', ')),
        make('td', {class: 'time'}, textOf(one.imageId).replace('sha256:', '').slice(0, 12)))))));
    addLanes(detail, report);
    addCurves(detail, report);
  }

  /** Created, started, ready, ended: where each instance's time went. */
  const segments = ['create and start', 'until ready', 'at work'];
  function partsOf(created, started, ready, ended) {
    const end = ended ?? ready ?? started ?? created;
    return [[created, started ?? end], [started, ready ?? end], [ready, end]].map(([a, b]) => a == null || b == null ? [0, 0] : [a, b]);
  }
  function addLanes(detail, report) {
    const lives = report.instances.map((one) => one.life ?? {}).map((life) =>
      partsOf(life.createdMs, life.startedMs, life.readyMs, life.endedMs));
    const times = lives.flat(2).filter((time) => time > 0);
    const begin = Math.min(...times), end = Math.max(...times);
    if (!(end > begin)) return;
    const percent = (value) => `${(100 * value / (end - begin)).toFixed(2)}%`;
    detail.append(make('h3', {}, `Their lives, ${span(end - begin)} in all`), make('div', {class: 'lanes'},
      ...report.instances.flatMap((one, i) => [
        make('span', {}, textOf(one.process)),
        make('div', {class: 'lane', role: 'img', 'aria-label': lives[i].map(([a, b], s) => `${segments[s]} ${span(b - a)}`).join(', ')},
          ...lives[i].map(([a, b], s) => b > a ? make('i', {class: `seg-${s}`, title: `${segments[s]}: ${span(b - a)}`,
            style: `left: ${percent(a - begin)}; width: ${percent(b - a)}`}) : ''))])));
  }
  function addCurves(detail, report) {
    const sampled = report.instances.filter((one) => (one.samples ?? []).length > 1);
    if (sampled.length === 0) return;
    const curves = make('div', {class: 'curves'});
    for (const one of sampled) {
      const cpu = one.samples.slice(1).map((sample, i) => ({at: sample.atMs,
        value: (sample.cpuNs - one.samples[i].cpuNs) / 1e4 / Math.max(1, sample.atMs - one.samples[i].atMs)}));
      const who = textOf(one.process);
      curves.append(curve(`${who}: memory`, one.samples.map((sample) => ({at: sample.atMs, value: sample.memory})), size),
        curve(`${who}: CPU`, cpu, (value) => `${value.toFixed(0)} %`));
    }
    detail.append(make('h3', {}, 'Memory and CPU'), curves);
  }
  function curve(title, points, words) {
    const most = Math.max(...points.map((point) => point.value), 1);
    const begin = points[0].at, end = Math.max(points[points.length - 1].at, begin + 1);
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 100 100');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', `${title}, at most ${words(most)}`);
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
    line.setAttribute('points', points.map((point) => `${(100 * (point.at - begin) / (end - begin)).toFixed(2)},${(97 - 94 * point.value / most).toFixed(2)}`).join(' '));
    line.setAttribute('style', 'fill: none; stroke: var(--focus); stroke-width: 2; vector-effect: non-scaling-stroke');
    svg.append(line);
    return make('figure', {}, svg, make('figcaption', {}, `${title}: at most ${words(most)}`));
  }

  // ---- time chart
  const lanes = [];  // of {end, bars}: each case stands in the first lane that is free
  function drawTimes() {
    const sums = new Map();
    for (const one of data.cases) {
      for (const [, platform, ...life] of one.l) {
        const sum = sums.get(platform) ?? [0, 0, 0, 0];
        sum[0] += 1;
        partsOf(...life).forEach(([a, b], s) => { sum[s + 1] += b - a; });
        sums.set(platform, sum);
      }
    }
    $('times').append(make('thead', {}, make('tr', {}, ...['Platform', 'Instances', ...segments.map((name) => `${name} (each)`)]
      .map((name) => make('th', {scope: 'col'}, name)))),
    make('tbody', {}, ...[...sums].map(([platform, sum]) => make('tr', {}, make('th', {scope: 'row'}, shown(platform)),
      make('td', {}, String(sum[0])), ...[1, 2, 3].map((s) => make('td', {}, `${span(Math.round(sum[s]))} (${span(Math.round(sum[s] / sum[0]))})`))))));
    [...segments, 'at work in a case that failed'].forEach((name, s) => $('chart-hint').append(make('span', {class: `key seg-${s}`}), name));
    drawChart();
  }
  function drawChart() {
    const bars = data.cases.flatMap((one) => one.l.map(([process, platform, ...life]) => ({one, process, platform, parts: partsOf(...life)})))
      .map((bar) => ({...bar, begin: Math.min(...bar.parts.flat().filter((t) => t > 0)), end: Math.max(...bar.parts.flat())}))
      .filter((bar) => bar.end > bar.begin).sort((a, b) => a.begin - b.begin);
    const canvas = $('chart');
    if (bars.length === 0) {
      $('chart-hint').append(' No life was recorded.');
      return;
    }
    const total = Math.max(...bars.map((bar) => bar.end));
    const width = Math.min(Math.max(canvas.parentElement.clientWidth, total / 25), 16000);
    const scale = (width - 10) / total;
    for (const bar of bars) {
      let lane = lanes.find((candidate) => candidate.end <= bar.begin);
      if (!lane) lanes.push(lane = {end: 0, bars: []});
      lane.end = bar.end;
      lane.bars.push({...bar, x: 5 + bar.begin * scale, w: (bar.end - bar.begin) * scale});
    }
    const ratio = window.devicePixelRatio || 1;
    const height = 24 + lanes.length * 20;
    canvas.width = Math.min(width * ratio, 32000);
    canvas.height = height * ratio;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext('2d');
    context.scale(canvas.width / width, ratio);
    const style = getComputedStyle(document.documentElement);
    context.font = '11px system-ui, sans-serif';
    context.fillStyle = style.getPropertyValue('--quiet');
    const step = [100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000].find((s) => s * scale > 70) ?? 600000;
    for (let t = 0; t <= total; t += step) context.fillText(span(t), 5 + t * scale, 14);
    const colors = ['#8c959f', '#d4a72c', '#2da44e'];
    lanes.forEach((lane, i) => {
      for (const bar of lane.bars) {
        bar.parts.forEach(([a, b], s) => {
          if (b <= a) return;
          context.fillStyle = s === 2 && bar.one.c === 1 ? style.getPropertyValue('--failed') : colors[s];
          context.fillRect(5 + a * scale, 22 + i * 20, Math.max(1, (b - a) * scale), 14);
        });
      }
    });
    const barAt = (event) => lanes[Math.floor((event.offsetY - 20) / 20)]?.bars.find((bar) => event.offsetX >= bar.x && event.offsetX <= bar.x + bar.w);
    canvas.addEventListener('mousemove', (event) => {
      const bar = barAt(event);
      canvas.title = bar ? `${shown(bar.one.id)}\n${shown(bar.process)} = ${shown(bar.platform)}: ${bar.parts.map(([a, b], s) => `${segments[s]} ${span(b - a)}`).join(', ')}` : '';
    });
    canvas.addEventListener('click', (event) => {
      const bar = barAt(event);
      if (!bar) return;
      reset();
      filter.cause = new Set([bar.one.index]);
      update();
      $('list').querySelector('.row').click();
      $('list').querySelector('.row').focus();
    });
  }

  // ---- keys
  function move(by) {
    const rows = [...$('list').querySelectorAll('.row')];
    const here = rows.indexOf(document.activeElement);
    if (here + by >= rows.length && drawn < visible.length) drawMore();
    const next = $('list').querySelectorAll('.row')[here === -1 ? 0 : Math.max(0, here + by)];
    if (next) next.focus();
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = ['INPUT', 'SELECT'].includes(document.activeElement?.tagName);
    if (event.key === 'Escape') {
      reset();
      document.activeElement?.blur();
    } else if (!isTyping && event.key === '/') {
      event.preventDefault();
      $('text').focus();
    } else if (!isTyping && (event.key === 'j' || event.key === 'k')) {
      move(event.key === 'j' ? 1 : -1);
    }
  });
  $('more').addEventListener('click', drawMore);
  $('chart-section').addEventListener('toggle', drawTimes, {once: true});

  drawCauses();
  drawFilter();
  update();
})();
