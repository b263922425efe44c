"""Prints what TensorBoard reads from a folder of event files, as JSON."""

import base64
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"histograms": 0, "images": 0, "tensors": 0})
events.Reload()
tags = events.Tags()
histogram = events.Histograms(tags["histograms"][0])[0]
image = events.Images(tags["images"][0])[0]
text = events.Tensors(tags["tensors"][0])[0]
print(
    json.dumps(
        {
            "scalars": {tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in tags["scalars"]},
            "histogram": [
                histogram.step,
                histogram.histogram_value.num,
                histogram.histogram_value.min,
                histogram.histogram_value.max,
                sum(histogram.histogram_value.bucket),
                len(histogram.histogram_value.bucket_limit),
            ],
            "image": [image.width, image.height],
            "png": base64.b64encode(image.encoded_image_string[:8]).decode(),
            "text": text.tensor_proto.string_val[0].decode(),
            "graph": [[n.name, n.op, list(n.input)] for n in events.Graph().node],
        }
    )
)
