#!/usr/bin/env bash
# The pictures of the README, made again from the demo network; needs chromium and pdftoppm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
PAGES="reports/demo" OUT="docs/images" PROFILE="$(mktemp -d)"
trap 'rm -rf "$PROFILE"' EXIT

.venv/bin/dts --workbook data/demo report 71 --posters
.venv/bin/dts --workbook data/demo report 71 --reader élu
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$PROFILE" \
  --window-size=1180,1500 --screenshot="$PROFILE/page.png" "file://$PWD/$PAGES/territoire-71.html" 2>/dev/null
pdftoppm -singlefile -png -r 90 "$PAGES/territoire-71-reader-elu.pdf" "$PROFILE/elu"
pdftoppm -singlefile -png -r 60 -f "${POSTER:-1}" "$PAGES/territoire-71-affiches.pdf" "$PROFILE/affiche"
.venv/bin/python - "$PROFILE" "$OUT" <<'PYTHON'
import sys
from pathlib import Path

from PIL import Image

for path in sorted(Path(sys.argv[1]).glob("*.png")):
    picture = Image.open(path).convert("RGB")
    picture.thumbnail((800, 1100), Image.Resampling.LANCZOS)
    made = Path(sys.argv[2]) / path.name
    picture.quantize(64).save(made, optimize=True)
    print(f"{made}: {made.stat().st_size // 1000} ko")
PYTHON
