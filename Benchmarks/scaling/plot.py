#!/usr/bin/env python3
"""python plot.py POINTS RESULTS: makes of the lines of JSON in POINTS, which `scaling` wrote, RESULTS/scaling.json, the
tables of RESULTS/README.md and a log-log plot for each: see plot."""
import json
import math
import pathlib
import statistics
import sys

# File, title, what the horizontal axis counts, series. The limits come first, and are drawn dashed.
PLOTS = [
    ("bytes", "Saving and loading", "bytes", ["direct writes", "direct reads", "save", "cold load", "warm load"]),
    (
        "tensors", "Opening and inspecting", "tensors (chunks)",
        ["open", "open, by chunks", "open and list", "ckpt inspect --json"],
    ),
    ("stores", "Listing", "checkpoints", ["list", "list again", "ckpt ls --json", "ckpt ls"]),
]
LIMITS = {"direct writes", "direct reads"}
# For light and for dark backgrounds: Okabe and Ito's, told apart by colour-blind people too.
LIGHT = ["#767676", "#a0522d", "#0072b2", "#b34700", "#007a5a"]
DARK = ["#9a9a9a", "#d8956b", "#56b4e9", "#ff9f40", "#2fc79b"]
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 480, 70, 250, 44, 50


def duration(seconds):
    for limit, factor, unit in [(1e-3, 1e6, "µs"), (1, 1e3, "ms")]:
        if seconds < limit:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds:.3g} s"


def number(value):
    for factor, unit in [(1e9, " G"), (1e6, " M"), (1e3, " k")]:
        if value >= factor:
            return f"{value / factor:.3g}{unit}"
    return f"{value:.3g}"


def fitted(points):
    """Exponent of the power law through the medians; start and rate of the line start + rate × size that has the
    least relative errors, neither below 0; the line's worst relative error."""
    sizes = [p["size"] for p in points]
    times = [statistics.median(p["seconds"]) for p in points]
    logs = [(math.log(x), math.log(t)) for x, t in zip(sizes, times)]
    middle = [sum(values) / len(logs) for values in zip(*logs)]
    spread = sum((x - middle[0]) ** 2 for x, _ in logs)
    exponent = sum((x - middle[0]) * (t - middle[1]) for x, t in logs) / spread if spread else float("nan")
    # Of t = start + rate x, divided by t: 1 = start u + rate v.
    pairs = [(1 / t, x / t) for x, t in zip(sizes, times)]
    uu, uv, vv = (sum(f(u, v) for u, v in pairs) for f in (lambda u, v: u * u, lambda u, v: u * v, lambda u, v: v * v))
    u, v = (sum(values) for values in zip(*pairs))
    determinant = uu * vv - uv * uv
    start, rate = ((u * vv - v * uv) / determinant, (v * uu - u * uv) / determinant) if determinant else (0, 0)
    if rate < 0:
        start, rate = u / uu, 0
    if start < 0 or not determinant:
        start, rate = 0, v / vv
    error = max((abs(start + rate * x - t) / t for x, t in zip(sizes, times)), default=0)
    return {"exponent": exponent, "start_seconds": start, "seconds_per_unit": rate, "worst_error": error}


def table(title, unit, series):
    """A row per size, a column per series; then the fits."""
    sizes = sorted({p["size"] for points in series.values() for p in points})
    lines = [f"| {unit} | " + " | ".join(series) + " |", "|---:|" + "---:|" * len(series)]
    for size in sizes:
        cells = []
        for points in series.values():
            found = [p["seconds"] for p in points if p["size"] == size]
            cells.append(
                f"{duration(statistics.median(found[0]))} ({duration(min(found[0]))}–{duration(max(found[0]))})"
                if found else ""
            )
        lines.append(f"| {number(size)} | " + " | ".join(cells) + " |")
    lines += ["", f"| {title} | exponent | line through the medians | its worst error |", "|---|---:|---:|---:|"]
    for name, points in series.items():
        fit = fitted(points)
        rate = fit["seconds_per_unit"]
        per = f"{1 / rate / 1e9:.3g} GB/s" if unit == "bytes" and rate else f"{duration(rate * 1000)} per thousand"
        lines.append(
            f"| {name} | {fit['exponent']:.2f} | {duration(fit['start_seconds'])} + {per} | {fit['worst_error']:.1%} |")
    memory = [
        f"| {name} | {number(p['size'])} | {p['memoryBytes'] / 2**20:.3g} MiB |"
        for name, points in series.items() for p in points if p.get("memoryBytes") is not None
    ]
    if memory:
        lines += ["", f"| memory of | {unit} | |", "|---|---:|---:|"] + memory
    return "\n".join(lines)


def plot(title, unit, series):
    """The SVG: medians, a bar from least to most, the fitted line, and what is what at the right."""
    points = [p for values in series.values() for p in values]
    low_x, high_x = (f(math.log10(p["size"]) for p in points) for f in (min, max))
    low_t = math.floor(min(math.log10(min(p["seconds"])) for p in points))
    high_t = math.ceil(max(math.log10(max(p["seconds"])) for p in points))

    def x(size):
        return LEFT + 12 + (math.log10(size) - low_x) / (high_x - low_x or 1) * (WIDTH - LEFT - RIGHT - 24)

    def y(seconds):
        share = (math.log10(seconds) - low_t) / (high_t - low_t or 1)
        return HEIGHT - BOTTOM - min(max(share, 0), 1) * (HEIGHT - TOP - BOTTOM)

    styles = "".join(f".s{n}{{stroke:{c};fill:{c}}}" for n, c in enumerate(LIGHT))
    dark = "".join(f".s{n}{{stroke:{c};fill:{c}}}" for n, c in enumerate(DARK))
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        f"<title>{title}</title>",
        "<style>.back{fill:#fff}text{fill:#1f2328}.grid{stroke:#d1d9e0}" + styles
        + "text.label{stroke:none}.line{fill:none}@media(prefers-color-scheme:dark){.back{fill:#0d1117}text{fill:#e6edf3}"
        + ".grid{stroke:#30363d}" + dark + ".line{fill:none}}</style>",
        f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text x="{LEFT}" y="26" font-size="16" font-weight="bold">{title}: seconds by {unit}</text>',
    ]
    for power in range(low_t, high_t + 1):
        at = y(10.0**power)
        out.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{duration(10.0**power)}</text>')
    for size in sorted({p["size"] for p in points}):
        out.append(f'<line class="grid" x1="{x(size):.1f}" x2="{x(size):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        out.append(f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{number(size)}</text>')
    out.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{unit}; lines: start + rate × size</text>')
    labels = []
    for place, (name, values) in enumerate(series.items()):
        fit = fitted(values)
        first, last = (math.log10(f(p["size"] for p in values)) for f in (min, max))
        curve = []
        for step in range(41):
            size = 10 ** (first + (last - first) * step / 40)
            seconds = fit["start_seconds"] + fit["seconds_per_unit"] * size
            curve.append(f"{x(size):.1f},{y(seconds):.1f}")
        dash = ' stroke-dasharray="6 4"' if name in LIMITS else ""
        out.append(f'<polyline class="s{place} line" stroke-width="1.5"{dash} points="{" ".join(curve)}"/>')
        for point in values:
            at, times = x(point["size"]), point["seconds"]
            out.append(
                f'<line class="s{place}" x1="{at:.1f}" x2="{at:.1f}" y1="{y(min(times)):.1f}" y2="{y(max(times)):.1f}"/>')
            out.append(f'<circle class="s{place}" cx="{at:.1f}" cy="{y(statistics.median(times)):.1f}" r="3.5"/>')
        labels.append((float(curve[-1].split(",")[1]), place, f"{name}, exponent {fit['exponent']:.2f}"))
    # Beside the lines' ends, but apart from one another.
    at = TOP
    for height, place, text in sorted(labels):
        at = max(at + 18, height + 4)
        out.append(f'<text class="s{place} label" x="{WIDTH - RIGHT + 10}" y="{at:.1f}">{text}</text>')
    return "\n".join(out + ["</svg>", ""])


def main():
    results = pathlib.Path(sys.argv[2])
    points = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8") if line.strip()]
    results.mkdir(parents=True, exist_ok=True)
    report, text = [], ["# Results\n\nMedians (least–most). Written by `Benchmarks/scaling/plot`."]
    known = set()
    for file, title, unit, names in PLOTS:
        series = {name: [p for p in points if p["series"] == name] for name in names}
        series = {name: values for name, values in series.items() if values}
        known |= set(series)
        if not series:
            continue
        (results / f"{file}.svg").write_text(plot(title, unit, series), encoding="utf-8")
        text.append(f"## {title}\n\n![{title}]({file}.svg)\n\n" + table(title, unit, series))
        report += [{"series": name, "unit": unit, "fit": fitted(v), "points": v} for name, v in series.items()]
    rest = [p for p in points if p["series"] not in known]
    if rest:
        rows = [
            f"| {p['series']} | {duration(statistics.median(p['seconds']))} | {duration(min(p['seconds']))} "
            f"| {duration(max(p['seconds']))} |" for p in rest
        ]
        text.append("## One tensor\n\n| warm, verified, of a file of 1 GB | median | least | most |\n|---|---:|---:|---:|\n"
                    + "\n".join(rows))
        report += [{"series": p["series"], "unit": "bytes", "points": [p]} for p in rest]
    (results / "README.md").write_text("\n\n".join(text) + "\n", encoding="utf-8")
    (results / "scaling.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
