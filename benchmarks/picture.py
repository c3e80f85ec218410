"""Draws groups of bars as SVG that reads on a light and on a dark page."""

BAR_HEIGHT, GAP, PANEL_WIDTH, LABEL_WIDTH, VALUE_WIDTH = 16, 6, 430, 96, 60
STYLE = """<style>
text { font: 12px sans-serif; fill: #24292f }
.title { font-weight: bold }
.bar { fill: #9aa4af }
.ours { fill: #1f78d1 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #6e7681 } }
</style>"""


def panel(left, top, title, unit, bars):
    largest = max(value for _, value in bars)
    room = PANEL_WIDTH - LABEL_WIDTH - VALUE_WIDTH
    lines = [f'<text class="title" x="{left}" y="{top + 12}">{title}, {unit}</text>']
    for number, (name, value) in enumerate(bars):
        y = top + 22 + number * (BAR_HEIGHT + GAP)
        width = room * value / largest
        kind = "ours" if name == "cosio" else "bar"
        text = f"{value:.1f}" if value >= 2 else f"{value:.2f}"
        lines.append(f'<text x="{left}" y="{y + 12}">{name}</text>'
                     f'<rect class="{kind}" x="{left + LABEL_WIDTH}" y="{y}" width="{width:.1f}" '
                     f'height="{BAR_HEIGHT}" rx="2"/>'
                     f'<text x="{left + LABEL_WIDTH + width + 6:.1f}" y="{y + 12}">{text}</text>')
    return "\n".join(lines)


def draw(panels):
    """Two panels beside each other; each is a title, a unit and its bars."""
    height = 22 + max(len(bars) for _, _, bars in panels) * (BAR_HEIGHT + GAP) + 16
    rows = (len(panels) + 1) // 2
    width = 2 * PANEL_WIDTH + 20
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{rows * height}" '
             f'viewBox="0 0 {width} {rows * height}" role="img">',
             "<title>CPU time of clients, smaller is better</title>", STYLE]
    for number, (title, unit, bars) in enumerate(panels):
        parts.append(panel((number % 2) * (PANEL_WIDTH + 20), (number // 2) * height, title, unit,
                           bars))
    return "\n".join([*parts, "</svg>"]) + "\n"
