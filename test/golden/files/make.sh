#!/bin/bash
# Made the golden files: in a clone of commit c00b413 after `npm ci`, with /data and curl. Kept as a record. Times, ids and
# versions differ each time, so the files are not made again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?folder for the files}
[ "$(git rev-parse --short HEAD)" = c00b413 ]
export PATH="$PWD/node_modules/.bin:$PATH" GLIMPSE_ACTOR=trainer GLIMPSE_STORE=local
[ ! -e /data ] && [ ! -e .wrangler ] && [ ! -e "$out" ]
mkdir -p /data "$out/answers"
cp "$here"/{recipe,bounds}.ts .
node -e "import('$here/../shapes.ts').then(({ writeShapes }) => writeShapes('/data/shapes'))"

# A finished run, and a release in several weight files. Another release of it: another quantization, one weight file.
glimpse train --data /data/shapes --config recipe.ts --engine wasm --runs /data/runs
run=$(echo /data/runs/*-shapes-s1)
glimpse quantize "$run" --shard-bytes 1024 --max-drop 20
cp -r "$run" /data/other
glimpse quantize /data/other --dtype uint16 --max-drop 20

# A run stopped within its second epoch (Ctrl-C), and the lock of a killed one.
train_until_first_epoch() {
  glimpse train --data /data/shapes --size 32 --channels 1 --fit cover --arch cifar10-small --batch-size 2 --epochs 4 --engine wasm --runs "$1" &
  until grep -qs 'Epoch 1/' "$1"/*/train.log; do sleep .01; done
  kill "-$2" $!
  wait $! || true
}
train_until_first_epoch /data/stopped INT
train_until_first_epoch /data/killed KILL

# A store: signed by one key, later by a second one; a canary; enough moves for a block of the history.
for name in signing-key second-signing-key; do
  glimpse signing-keys create --out "$out/$name.txt" | grep -o 'glimpse-public-key-.*' >> "$out/public-keys.txt"
done
glimpse publish "$run" --model shapes --to local --sign "$out/signing-key.txt"
glimpse publish /data/other --model shapes --to local --sign "$out/signing-key.txt" --bounds bounds.ts --override 'a try' \
  --channel canary --percent 12.5
versions=($(glimpse --json releases list --model shapes | grep -o '[0-9]*T[0-9]*Z-[0-9a-f]\{8\}' | sort -u))
[ ${#versions[@]} = 2 ]
stable=$(node -p "JSON.parse(require('node:fs').readFileSync('$run/release/release.json')).version")
glimpse releases sign "$stable" --model shapes --sign "$out/second-signing-key.txt"
node -e "
  const store = await (await import('./training/src/publish/local.ts')).openLocalStore(process.cwd());
  const { loadChannels, commitMove } = await import('./training/src/publish/move.ts');
  for (let move = 0; move < 148; move++) {
    const to = ['${versions[0]}', '${versions[1]}'][move % 2];
    const time = new Date().toISOString();
    await commitMove(store, 'shapes', await loadChannels(store, 'shapes'), { time, actor: 'trainer', channel: 'beta', to, reason: 'try' });
  }
  await store.close();
"
glimpse releases verify --model shapes

# Keys: a secret one, a publishable one, and a revoked one.
glimpse --json keys create --to local --name 'A phone app' --quota 1000 > /data/keys
glimpse --json keys create --to local --name 'A shop' --origin https://shop.example http://localhost:8080 >> /data/keys
glimpse --json keys create --to local --name 'An old one' --scopes classify,read >> /data/keys
grep -ho '"key":"[^"]*"' /data/keys | cut -d'"' -f4 > "$out/api-keys.txt"
glimpse keys revoke --to local "$(tail -n 1 "$out/api-keys.txt")"

# Answers of the Worker, and feedback about them.
printf 'FEEDBACK_SECRET="golden-files-secret-that-protects-nothing"\nFEEDBACK_PICTURES="on"\n' > .dev.vars
node edge/dev/start.ts --port 8799 > /data/worker.log 2>&1 &
worker=$!
trap 'kill $worker 2>/dev/null' EXIT
until grep -q 'Ctrl-C' /data/worker.log; do sleep .1; done
api=http://127.0.0.1:8799
# A JPEG of 120 x 90 with metadata and an orientation of 6.
node -e "
  const { default: sharp } = await import('sharp');
  const photo = sharp('/data/shapes/cross/3.png').resize(90, 120, { fit: 'fill', kernel: 'cubic' }).jpeg({ quality: 80 });
  await photo.withMetadata({ orientation: 6, exif: { IFD0: { Make: 'Camera', Artist: 'Somebody' } } }).toFile('$out/photo.jpg');
  const pixels = await sharp('/data/shapes/square/5.png').raw().toBuffer();
  (await import('node:fs')).writeFileSync('$out/square.rgb8', pixels);
"
cp /data/shapes/circle/7.png "$out/circle.png"
post() { curl -sS --fail-with-body "${@:3}" "$api$1" -o "$out/answers/$2.json"; }
post '/v1/classify?model=shapes' classify-jpeg --data-binary "@$out/photo.jpg"
post '/v1/classify?model=shapes' classify-png --data-binary "@$out/circle.png"
post '/v1/classify?model=shapes' classify-pixels --data-binary "@$out/square.rgb8" -H 'Content-Type: application/vnd.glimpse.rgb8'
post '/v1/classify?model=shapes&channel=canary&top_k=1' classify-canary --data-binary "@$out/photo.jpg"
post '/v1/classify/batch?model=shapes' batch -F "image=@$out/photo.jpg" -F "image=@$out/circle.png"
post '/models/shapes' hugging-face --data-binary "@$out/photo.jpg"
get() { curl -sSf "$api$1" -o "$out/answers/$2.json"; }
get /v1/models/shapes model
get /v1/models models
get /v2/models/shapes open-inference-metadata
printf '{"id":"golden","inputs":[{"name":"picture","datatype":"BYTES","shape":[1],"data":["%s"]}]}' "$(base64 -w0 "$out/photo.jpg")" \
  > "$out/infer-request.json"
post '/v2/models/shapes/infer' open-inference --data-binary "@$out/infer-request.json" -H 'Content-Type: application/json'
curl -sSf "$api/openapi.json" | gzip -9n > "$out/openapi.json.gz"
curl -sSf "$api/widget.js" -o "$out/widget.js"
say() { # answer, true label, optional file to store
  local id; id=$(node -p "JSON.parse(require('node:fs').readFileSync('$out/answers/$1.json')).id")
  local picture=; [ -z "${3:-}" ] || picture=",\"consent\":true,\"image\":\"$(base64 -w0 "$3")\""
  curl -sS --fail-with-body -d "{\"id\":\"$id\",\"label\":\"$2\"$picture}" "$api/v1/feedback"
}
say classify-jpeg cross "$out/photo.jpg"
say classify-pixels circle "$out/square.rgb8"
say classify-png circle
kill $worker; wait $worker || true; trap - EXIT
rm .dev.vars

# A pulled feedback folder, and uploads for a machine without credentials.
glimpse feedback pull --from local --model shapes --out "$out/pulled"
AWS_ACCESS_KEY_ID=GOLDEN AWS_SECRET_ACCESS_KEY=GOLDEN AWS_REGION=auto AWS_ENDPOINT_URL_S3=https://storage.example \
  glimpse releases presign "$run/release/release.json" --model shapes --from s3://releases --sign "$out/signing-key.txt" --minutes 1 --out "$out/uploads.json"

# What the commands print.
for what in "$run" "$run/release" /data/other/release; do glimpse --json evaluate "$what" $([ -d "$what/checkpoints" ] || echo --data /data/shapes); done > "$out/answers/evaluate.ndjson"
glimpse --json predict "$run" "$out/photo.jpg" "$out/circle.png" > "$out/answers/predict-run.ndjson"
cp -r "$(echo /data/stopped/*)" /data/resumed
glimpse train --resume /data/resumed
cp /data/resumed/history.json "$out/answers/resumed-history.json"

# The objects of both buckets.
node -e "
  const { openLocalStore } = await import('./training/src/publish/local.ts');
  const { mkdir, writeFile } = await import('node:fs/promises');
  for (const [binding, folder] of [['RELEASES', 'releases-bucket'], ['PRIVATE', 'private-bucket']]) {
    const store = await openLocalStore(process.cwd(), binding);
    for (const { key } of await store.list('')) {
      if (key.startsWith('models/') && !key.startsWith('models/shapes/')) continue;
      const path = \`$out/\${folder}/\${key}\`;
      await mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      await writeFile(path, (await store.get(key)).bytes);
    }
    await store.close();
  }
"
cp -r "$run" "$out/run"
cp -r "$(echo /data/stopped/*)" "$out/stopped-run"
rm -r "$out"/*run/{plots,train.log}
cp /data/killed/*/lock "$out/lock"
# No names of this machine.
sed -i "s/$(hostname)/gpu-box/" "$out/lock"
sed -i -E 's/"platform": ".*"/"platform": "linux, 2 x CPU"/' "$out"/*run/environment.json
sed -i "s#$out/##g" "$out"/answers/*.ndjson
cp "$here"/{recipe,bounds}.ts "$here/make.sh" "$out"
rm -rf /data .wrangler recipe.ts bounds.ts
