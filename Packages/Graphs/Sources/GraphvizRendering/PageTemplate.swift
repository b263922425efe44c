/// An HTML page that plays a recording of backward. The nodes and edges of the picture have the ids
/// `node0`, `edge0` and so on.
let pageTemplate = """
  <!doctype html>
  <html lang="en">
  <head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{{title}}</title>
  <style>
  :root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1f24; --line: #c9ccd1; --accent: #b35900; }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #14171b; --ink: #e8eaed; --line: #444a52; --accent: #ffb347; }
  }
  * { box-sizing: border-box; }
  body {
    margin: 0; background: var(--paper); color: var(--ink);
    font: 16px/1.45 Helvetica, Arial, sans-serif; display: grid; min-height: 100vh;
    grid-template: auto 1fr / minmax(0, 1fr) minmax(18rem, 26rem); gap: 1rem; padding: 1rem;
  }
  header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: center; }
  h1 { font-size: 1.25rem; margin: 0; }
  .controls { display: flex; gap: .4rem; align-items: center; flex: 1 1 24rem; }
  button {
    font: inherit; color: inherit; background: transparent; border: 1px solid var(--line);
    border-radius: .4rem; padding: .3rem .7rem; cursor: pointer; min-width: 2.6rem;
  }
  button:hover { border-color: var(--accent); }
  button:focus-visible, input:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  button:disabled { opacity: .4; cursor: default; }
  input { flex: 1; accent-color: var(--accent); }
  #count { min-width: 5.5rem; text-align: right; font-variant-numeric: tabular-nums; }
  .picture { background: #ffffff; border: 1px solid var(--line); border-radius: .6rem; overflow: auto; }
  .picture svg { display: block; margin: auto; max-width: 100%; height: auto; }
  aside { border-left: 3px solid var(--accent); padding-left: 1rem; }
  #text { white-space: pre-wrap; margin: 0; font: inherit; }
  .keys { font-size: .85rem; opacity: .75; }
  kbd { border: 1px solid var(--line); border-radius: .25rem; padding: 0 .3rem; font: inherit; }
  .picture g.reached > path, .picture g.reached > polygon { fill: {{reached}}; }
  .picture g.running > path, .picture g.running > polygon { fill: {{running}}; stroke-width: 3; }
  .picture g.lit > path { stroke: {{highlight}}; stroke-width: 4; }
  .picture g.lit > polygon { stroke: {{highlight}}; fill: {{highlight}}; }
  @media (max-width: 50rem) { body { grid-template: auto auto auto / minmax(0, 1fr); } }
  </style>
  </head>
  <body>
  <header>
  <h1>{{title}}</h1>
  <div class="controls" role="group" aria-label="Steps">
  <button id="first" aria-label="First step" title="First step (Home)">|◀</button>
  <button id="back" aria-label="Step back" title="Step back (←)">◀</button>
  <button id="play" aria-label="Play" title="Play (space)">▶ Play</button>
  <button id="next" aria-label="Step on" title="Step on (→)">▶</button>
  <button id="last" aria-label="Last step" title="Last step (End)">▶|</button>
  <input id="place" type="range" min="0" value="0" aria-label="Step">
  <span id="count"></span>
  </div>
  </header>
  <main class="picture" role="img" aria-label="The computation as a graph" aria-describedby="text">
  {{picture}}
  </main>
  <aside>
  <pre id="text" aria-live="polite" aria-atomic="true"></pre>
  <p class="keys"><kbd>←</kbd> <kbd>→</kbd> step, <kbd>Home</kbd> <kbd>End</kbd> ends, <kbd>space</kbd> plays</p>
  </aside>
  <script>
  "use strict";
  const frames = {{frames}};
  // For each node with a gradient, the index of its first line and the number of its lines.
  const rows = {{rows}};
  const element = id => document.getElementById(id);
  const last = frames.length - 1;
  let step = 0, timer = 0;

  function show(number) {
    step = Math.min(Math.max(number, 0), last);
    const frame = frames[step];
    document.querySelectorAll(".picture .node, .picture .edge").forEach(part =>
      part.classList.remove("running", "reached", "lit"));
    const known = Object.assign({}, ...frames.slice(0, step + 1).map(frame => frame.gradients));
    for (const [node, [first, count]] of Object.entries(rows)) {
      const group = element("node" + node);
      const lines = group.querySelectorAll("text");
      for (let place = 0; place < count; place++) {
        lines[first + place].textContent = (known[node] || [])[place] || "";
      }
      if (known[node]) group.classList.add("reached");
    }
    if (frame.running !== undefined && frame.running !== null) {
      element("node" + frame.running).classList.add("running");
    }
    for (const edge of frame.edges) element("edge" + edge).classList.add("lit");
    element("text").textContent = frame.text;
    element("place").value = step;
    element("place").setAttribute("aria-valuetext", "step " + step + " of " + last);
    element("count").textContent = step + " of " + last;
    element("first").disabled = element("back").disabled = step === 0;
    element("last").disabled = element("next").disabled = step === last;
    document.body.dataset.step = step;
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    element("play").textContent = "▶ Play";
    element("play").setAttribute("aria-label", "Play");
  }

  function play() {
    if (timer) return stop();
    if (step === last) show(0);
    element("play").textContent = "❚❚ Pause";
    element("play").setAttribute("aria-label", "Pause");
    timer = setInterval(() => { show(step + 1); if (step === last) stop(); }, 1500);
  }

  const actions = {
    first: () => show(0), back: () => show(step - 1), next: () => show(step + 1), last: () => show(last),
  };
  for (const [id, action] of Object.entries(actions)) {
    element(id).addEventListener("click", () => { stop(); action(); });
  }
  element("play").addEventListener("click", play);
  element("place").max = last;
  element("place").addEventListener("input", event => { stop(); show(Number(event.target.value)); });
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const key = { ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "last" }[event.key];
    if (key) { event.preventDefault(); stop(); actions[key](); }
    if (event.key === " " && event.target.tagName !== "BUTTON") { event.preventDefault(); play(); }
  });
  show(0);
  </script>
  </body>
  </html>

  """
