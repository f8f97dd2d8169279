#!/bin/sh
# Any other CI, a cron job or a git hook: the exit code is that of the worst profile (0 well, 1 failed, 2 a profile that cannot
# be used, 3 no connection).
set -eu

npx --yes wsprobe run examples/echo.wsprobe examples/subprotocol.wsprobe --retry 2 --reports reports
npx --yes wsprobe run 'examples/{bearer,compression}.wsprobe' --concurrency 8 --bail --reporter tap
npx --yes wsprobe run examples --grep '/(echo|graphql)\.wsprobe$' --reporter json --output results.json
