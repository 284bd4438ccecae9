"""A training step of VGG-16-BN in plain PyTorch: forward, cross entropy, backward, torch.optim.Adam; timed.

`gpuser bench step --peer torch` runs it in turn with GpuSer's own step; alone:

    OMP_NUM_THREADS=2 python3 torch_step.py --threads 2 --steps 5

prints one JSON document. With --on-request it prints a line about itself, and then a line of figures for each line read from standard input.
The network is torchvision's where that can be imported, else the same one written out here. Exits with 3 where torch cannot be imported.
"""
import argparse
import json
import statistics
import sys
import time

try:
    import torch
    from torch import nn
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)

WIDTHS = (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0)  # 0: maximum pooling
POOLED = 7
HIDDEN = 4096


class Vgg16Bn(nn.Module):
    """torchvision.models.vgg16_bn, its widths divided."""

    def __init__(self, classes, divisor):
        super().__init__()
        layers, channels = [], 3
        for width in WIDTHS:
            if width == 0:
                layers.append(nn.MaxPool2d(2, 2))
                continue
            layers += [nn.Conv2d(channels, width // divisor, 3, padding=1), nn.BatchNorm2d(width // divisor), nn.ReLU(inplace=True)]
            channels = width // divisor
        hidden = HIDDEN // divisor
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(POOLED)
        self.classifier = nn.Sequential(
            nn.Linear(channels * POOLED * POOLED, hidden), nn.ReLU(inplace=True), nn.Dropout(),
            nn.Linear(hidden, hidden), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(hidden, classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
                nn.init.zeros_(module.bias)

    def forward(self, images):
        return self.classifier(torch.flatten(self.avgpool(self.features(images)), 1))


def network(classes, divisor):
    """The network, and where it came from."""
    if divisor == 1:
        try:
            import torchvision
            return torchvision.models.vgg16_bn(num_classes=classes), "torchvision " + torchvision.__version__
        except ImportError:
            pass
    return Vgg16Bn(classes, divisor), "written out"


def library():
    """The file of libtorch in use; None where the system does not tell."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            return next((line.split()[-1] for line in maps if "/libtorch_cpu.so" in line), None)
    except OSError:
        return None


class Step:
    """The step; images are drawn once, one channel shown three times."""

    def __init__(self, arguments):
        torch.manual_seed(1)
        self.net, self.origin = network(arguments.classes, arguments.width_divisor)
        self.net.train()
        self.images = torch.rand(arguments.batch, 1, arguments.frames, arguments.rows).expand(-1, 3, -1, -1)
        self.labels = torch.arange(arguments.batch) % arguments.classes
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=1e-5)
        self.set_to_none = arguments.set_to_none

    def run(self):
        processor, start = time.process_time(), time.perf_counter()
        self.optimiser.zero_grad(set_to_none=self.set_to_none)
        zeroed = time.perf_counter()
        loss = nn.functional.cross_entropy(self.net(self.images), self.labels)
        value = loss.item()
        forward = time.perf_counter()
        loss.backward()
        backward = time.perf_counter()
        self.optimiser.step()
        end = time.perf_counter()
        return {
            "seconds": end - start,
            "forward": forward - zeroed,
            "backward": backward - forward,
            "optimiser": end - backward + zeroed - start,
            "processor": time.process_time() - processor,
            "loss": value,
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--frames", type=int, default=87)
    parser.add_argument("--rows", type=int, default=230)
    parser.add_argument("--classes", type=int, default=7)
    parser.add_argument("--width-divisor", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="0 for what torch chooses")
    parser.add_argument("--set-to-none", action="store_true", help="drop gradients instead of clearing them (the default from PyTorch 2.0 on)")
    parser.add_argument("--steps", type=int, default=5, help="measured steps, after two to warm up")
    parser.add_argument("--on-request", action="store_true", help="a step for each line of standard input")
    arguments = parser.parse_args()
    if arguments.threads > 0:
        torch.set_num_threads(arguments.threads)

    step = Step(arguments)
    about = {
        "torch": torch.__version__,
        "network": step.origin,
        "threads": torch.get_num_threads(),
        "library": library(),
        "parameters": sum(parameter.numel() for parameter in step.net.parameters()),
    }
    if arguments.on_request:
        print(json.dumps(about), flush=True)
        for _ in sys.stdin:
            print(json.dumps(step.run()), flush=True)
        return

    steps = [step.run() for _ in range(2 + arguments.steps)][2:]
    medians = {key: statistics.median(figures[key] for figures in steps) for key in steps[0] if key != "loss"}
    print(json.dumps({**about, **medians, "steps": steps}))


if __name__ == "__main__":
    main()
