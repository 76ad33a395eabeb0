"""Results as Markdown; see chart.py for the picture."""
from statistics import median

from chart import chart as chart
from states import STATES

LIMITS = {
    "write": "direct writes, 8 MiB, 4 in flight, space reserved, one fsync",
    "read_cold": "direct reads, 8 MiB, 4 in flight",
    "read_warm": "two threads `read()` into touched memory",
    "copy": "two threads memcpy between touched memory",
    "publish": "460 KiB: write, fsync, rename, fsync (at most the state's size)",
}
# Operation: what it is called, and whether it ranks peers.
TIMES = {
    "save": "durable save", "returned": "save returned (ours is durable, most peers' not)", "load_cold": "cold load", "load_warm": "warm load",
    "one": "one tensor", "inspect": "inspect", "stall": "background: stall", "background": "background: durable",
}
# Which has a load of its own that maps, and which never does anything else.
MAPPED, LAZY = "torch", "safetensors-torch"


def labels(presets, families):
    found = {name: label for name, (label, _) in presets.items()}
    for methods in families.values():
        found |= {name: facts["label"] for name, facts in methods.items()}
    return found


def is_ours(name):
    return name.startswith("ckpt-")


def seconds(value):
    for scale, unit in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= scale or unit == "µs":
            break
    amount = value / scale
    return f"{amount:.2f} {unit}" if amount < 10 else f"{amount:.1f} {unit}" if amount < 100 else f"{amount:.0f} {unit}"


def spread(values):
    return f"{seconds(median(values))} ({seconds(min(values))}–{seconds(max(values))})" if values else "–"


def size(value):
    return f"{value / 1e9:.2f} GB" if value >= 1e9 else f"{value / 1e6:.1f} MB" if value >= 1e6 else f"{value / 1e3:.0f} KB"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def measured(state):
    return {name: method for name, method in state["methods"].items() if method["values"] and not method["failure"]}


def speed_tables(state, labels):
    first, second = [], []
    for name, method in measured(state).items():
        values = method["values"]
        label = f"**{labels[name]}**" if is_ours(name) else labels[name]
        share = f"{size(method['size'])} ({method['size'] / state['bytes']:.1%})"
        first.append([label, share, spread(values.get("save")), spread(values.get("returned")),
                      spread(values.get("load_cold")), spread(values.get("load_warm")), f"{len(values.get('save', []))}"])
        if "load_warm_mapped" in values:
            first.append([f"{label}, mapped and touched", "", "", "", spread(values.get("load_cold_mapped")),
                          spread(values["load_warm_mapped"]), f"{len(values['load_warm_mapped'])}"])
        second.append([label, spread(values.get("one")), spread(values.get("inspect")), spread(values.get("stall")),
                       spread(values.get("first_write")), spread(values.get("copied_stall")), spread(values.get("background")),
                       memory(values, "memory_save"), memory(values, "memory_load")])
    return (table(["method", "size", "durable save", "save returned", "cold load", "warm load", "n"], first)
            + table(["method", f"one tensor of {size(state['one_bytes'])}", "inspect", "background: stall", "first write after",
                     "stall with a copy",
                     "background: durable", "memory beyond, save", "memory beyond, load"], second))


def memory(values, name):
    """All resident pages; in brackets without the file's own pages, where they differ by more than 16 MiB."""
    if name not in values:
        return "–"
    most, anonymous = (max(0, values[key][0]) / 2**20 for key in (name, name + "_anonymous"))
    return f"{most:.0f} MiB" + (f" ({anonymous:.0f})" if most - anonymous > 16 else "")


def limit_table(state):
    rows = []
    ours = {name: method["values"] for name, method in measured(state).items() if is_ours(name)}

    def row(limit, rows_of):
        values = state["limits"].get(limit)
        if not values:
            return
        best = median(values)
        total = min(state["bytes"], 460 << 10) if limit == "publish" else state["bytes"]
        cells = [f"{name.removeprefix('ckpt-')} {operation.replace('_', ' ')} {best / median(of[operation]):.2f}"
                 for operation in rows_of for name, of in ours.items() if of.get(operation)]
        rows.append([LIMITS[limit], spread(values), f"{total / best / 1e9:.2f} GB/s", ", ".join(cells) or "–"])

    if state["bytes"] > 8 << 20:
        row("write", ["save"])
        row("read_cold", ["load_cold"])
        row("read_warm", ["load_into", "load_warm"])
        row("copy", ["first_write", "copied_stall"])
    row("publish", ["save"] if state["bytes"] < 1 << 20 else [])
    return table(["limit", "seconds", "rate", "limit's time ÷ ckpt's (1 is the limit, more is beyond it)"], rows)


def rank_table(state, labels):
    """Our best beside the peers' best, and whoever is faster than we."""
    rows = []
    methods = measured(state)
    for operation, text in TIMES.items():
        times = {name: median(method["values"][operation]) for name, method in methods.items() if method["values"].get(operation)}
        mapped = methods.get(MAPPED, {}).get("values", {}).get(operation + "_mapped")
        if mapped:
            times["torch.load(mmap=True), mapped"] = median(mapped)
        if operation.startswith("load") and LAZY in times:
            times[labels[LAZY] + ", mapped"] = times.pop(LAZY)
        peers = {name: value for name, value in times.items() if not is_ours(name)}
        ours = {name: value for name, value in times.items() if is_ours(name)}
        if not peers or not ours:
            continue
        best, peer = min(ours, key=ours.get), min(peers, key=peers.get)
        raw = ours.get("ckpt-raw", ours[best])
        rows.append([text, f"{labels[best]} {seconds(ours[best])}", f"{labels.get(peer, peer)} {seconds(peers[peer])}",
                     f"{peers[peer] / raw:.2f}", f"{peers[peer] / ours[best]:.2f}",
                     ", ".join(labels.get(name, name) for name, value in peers.items() if value < ours[best]) or "nobody"])
    sizes = {name: method["size"] for name, method in methods.items() if method["size"]}
    peers = {name: value for name, value in sizes.items() if not is_ours(name)}
    ours = {name: value for name, value in sizes.items() if is_ours(name)}
    if peers and ours:
        best, peer = min(ours, key=ours.get), min(peers, key=peers.get)
        rows.append(["size", f"{labels[best]} {size(ours[best])}", f"{labels[peer]} {size(peers[peer])}",
                     f"{peers[peer] / ours.get('ckpt-raw', ours[best]):.2f}", f"{peers[peer] / ours[best]:.2f}",
                     ", ".join(labels[name] for name, value in peers.items() if value < ours[best]) or "nobody"])
    return table(["", "ckpt's best", "the peers' best", "that ÷ ckpt raw", "that ÷ ckpt's best", "ahead of ckpt's best"], rows)


def markdown(results):
    machine, versions, labels = results["machine"], results["versions"], results["labels"]
    lines = [
        "# ckpt beside its peers", "",
        "Made by `Benchmarks/compare/compare`; what is measured, and what can't be compared, says its README. Medians, in "
        "brackets least and most. Every load by ckpt is verified by its checksums.", "",
        f"{machine['cores']} cores, {machine['memory_GiB']} GiB of memory, {machine['system']}, file system {machine['file_system']}. "
        + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".", "",
    ]
    for label, failure in results["skipped"].items():
        lines += [f"**Skipped: {label}**: {failure}", ""]
    for name in [name for name in STATES if name in results["states"]]:
        state = results["states"][name]
        if "skipped" in state:
            lines += [f"## {name}", "", f"**Skipped**: {state['skipped']}", ""]
            continue
        lines += [f"## {name}: {state['text']}", "",
                  f"{size(state['bytes'])} in {state['tensors']:,} tensors, {state['rounds']} round{'s' if state['rounds'] > 1 else ''}, {state['date']}, "
                  f"{state['version']}.", ""]
        for method, facts in state["methods"].items():
            if facts["failure"]:
                lines += [f"**Failed: {labels.get(method, method)}**: {facts['failure']}", ""]
        lines += speed_tables(state, labels) + rank_table(state, labels) + limit_table(state)
        process = [value for method, facts in state["methods"].items() for value in facts["values"].get("inspect_process", [])
                   if method == "ckpt-raw"]
        if process:
            lines += [f"`ckpt inspect --json`, the whole process: {spread(process)}.", ""]
    return "\n".join(lines)
