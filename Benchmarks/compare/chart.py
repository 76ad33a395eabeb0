"""A picture of the results for a README: bars per operation, one column per state, on a logarithmic scale."""
import math
from html import escape
from statistics import median

STATES = ("bf16", "gpt2")
OPERATIONS = {"save": ("durable save", "write"), "load_cold": ("load from the disk", "read_cold"),
              "load_warm": ("load from the page cache", "read_warm")}
# Its tensors are pages of the file.
LAZY = "safetensors-torch"
WIDTH, COLUMN, LABEL, ROW, BAR = 960, 470, 158, 19, 13
STYLE = """
  text { font-family: -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; font-size: 12px; fill: #1f2328; }
  .head { font-weight: 600; font-size: 14px; } .group { font-weight: 600; } .faint { fill: #59636e; }
  .label { text-anchor: end; } .ours { fill: #0969da; } .peer { fill: #afb8c1; }
  .mapped { fill: #afb8c1; fill-opacity: 0.35; stroke: #afb8c1; } .limit { stroke: #bc4c00; stroke-dasharray: 3 2; }
  .limit-text { fill: #bc4c00; font-size: 11px; } .strong { font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .faint { fill: #9198a1; } .ours { fill: #4493f8; } .peer { fill: #656c76; }
    .mapped { fill: #656c76; stroke: #656c76; }
    .limit { stroke: #f0883e; } .limit-text { fill: #f0883e; }
  }
"""


def duration(value):
    return f"{value:.2f} s" if value >= 0.1 else f"{value * 1000:.0f} ms" if value >= 0.01 else f"{value * 1000:.1f} ms"


def rows_of(state, operation, labels):
    rows = []
    for name, method in state["methods"].items():
        values = method["values"].get(operation)
        if method["failure"]:
            continue
        if values and name == LAZY and operation.startswith("load"):
            rows.append((f"{labels[name]}*", median(values), "mapped"))
        elif values:
            rows.append((labels[name], median(values), "ours" if name.startswith("ckpt-") else "peer"))
        mapped = method["values"].get(operation + "_mapped")
        if mapped:
            rows.append(("torch.load(mmap=True)*", median(mapped), "mapped"))
    return sorted(rows, key=lambda row: row[1])


def panel(left, top, title, rows, limit):
    """One operation of one state."""
    parts = [f'<text x="{left}" y="{top + 12}" class="group">{escape(title)}</text>']
    values = [value for _, value, _ in rows] + ([limit] if limit else [])
    low, high = min(values) / 1.6, max(values)
    room = COLUMN - LABEL - 74

    def place(value):
        return left + LABEL + room * math.log(value / low) / math.log(high / low)

    start, bottom = top + 22, top + 22 + ROW * len(rows)
    if limit:
        x = place(limit)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{start - 3}" y2="{bottom}" class="limit"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 11}" text-anchor="middle" class="limit-text">limit {duration(limit)}</text>')
    for number, (label, value, kind) in enumerate(rows):
        y, end = start + number * ROW, place(value)
        strong = " strong" if kind == "ours" else ""
        parts.append(f'<text x="{left + LABEL - 6}" y="{y + 11}" class="label{strong}">{escape(label)}</text>')
        parts.append(f'<rect x="{left + LABEL}" y="{y}" width="{end - left - LABEL:.1f}" height="{BAR}" rx="2" '
                     f'class="{kind}"/>')
        parts.append(f'<text x="{end + 5:.1f}" y="{y + 11}" class="faint{strong}">{duration(value)}</text>')
    return parts


def chart(results):
    labels = results["labels"]
    shown = [(name, results["states"][name]) for name in STATES if "methods" in results["states"].get(name, {})]
    if not shown:
        shown = [(name, state) for name, state in results["states"].items() if "methods" in state][:2]
    parts, top = [], 62
    for number, (name, state) in enumerate(shown):
        amount = f"{state['bytes'] / 1e9:.2f} GB" if state["bytes"] >= 1e8 else f"{state['bytes'] / 1e6:.1f} MB"
        parts.append(f'<text x="{12 + number * (COLUMN + 10)}" y="22" class="head">{escape(state["text"])}, {amount}</text>')
    machine = results["machine"]
    parts.append(
        f'<text x="12" y="42" class="faint">Median seconds, logarithmic, less is better. Saves are synced; ckpt verifies all it loads. '
        f'* maps the file, copies nothing. {machine["cores"]} cores, {escape(machine["system"])}.</text>')
    for operation, (title, limit) in OPERATIONS.items():
        height = 0
        for number, (name, state) in enumerate(shown):
            rows = rows_of(state, operation, labels)
            if rows:
                values = state["limits"].get(limit)
                parts += panel(12 + number * (COLUMN + 10), top, title, rows, median(values) if values else None)
                height = max(height, 22 + ROW * len(rows) + 30)
        top += height
    text = "\n".join(parts)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}" role="img" '
            f'aria-label="Times of ckpt and its peers">\n<style>{STYLE}</style>\n{text}\n</svg>\n')
