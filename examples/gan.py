"""A generative adversarial network draws digits: `python examples/gan.py [--quick] [--out FOLDER]`.

The generator makes 8 x 8 pictures of noise; the discriminator tells them from the 1797 digits that come with
scikit-learn, so nothing is downloaded. Each is trained on a loss of its own, and each gradient is with respect to one
network only: the other one is a constant in it.

Writes the two losses, a sheet of samples beside real digits and an animation of the training into a folder.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import demo
import matplotlib.pyplot as plt
import nn
import numpy as np
from sklearn.datasets import load_digits

import s2sad

NOISE = 16
BATCH = 32


@s2sad.differentiate(wrt="discriminator")
def discriminator_loss(discriminator: nn.Model, real: nn.Array, fake: nn.Array) -> np.floating:
    """Real pictures should be called 1, made ones 0. The target 0.9 keeps the discriminator from being too sure."""
    return nn.binary_cross_entropy(discriminator(real), 0.9) + nn.binary_cross_entropy(discriminator(fake), 0.0)


@s2sad.differentiate(wrt="generator")
def generator_loss(generator: nn.Model, discriminator: nn.Model, noise: nn.Array) -> np.floating:
    """The discriminator should call made pictures 1."""
    return nn.binary_cross_entropy(discriminator(generator(noise)), 1.0)


@dataclass
class Gan:
    """Both networks with their optimisers."""

    generator: nn.Model
    discriminator: nn.Model
    generator_adam: nn.Adam = field(default_factory=lambda: nn.Adam(rate=1e-3, beta1=0.5))
    discriminator_adam: nn.Adam = field(default_factory=lambda: nn.Adam(rate=1e-3, beta1=0.5))

    def step(self, real: nn.Array, rng: np.random.Generator) -> tuple[float, float]:
        """One step of each network; returns their losses before it."""
        fake = self.generator(rng.normal(size=(len(real), NOISE)))
        d_loss, d_bar = discriminator_loss.value_and_grad(self.discriminator, real, fake)
        self.discriminator_adam.step(self.discriminator, d_bar)
        noise = rng.normal(size=(len(real), NOISE))
        g_loss, g_bar = generator_loss.value_and_grad(self.generator, self.discriminator, noise)
        self.generator_adam.step(self.generator, g_bar)
        return float(d_loss), float(g_loss)


def make_gan(rng: np.random.Generator) -> Gan:
    generator = nn.perceptron(rng, [NOISE, 64, 128, 64], nn.leaky_relu)
    discriminator = nn.perceptron(rng, [64, 128, 64, 1], nn.leaky_relu)
    return Gan(nn.Model([generator, nn.sigmoid]), discriminator)


def distance(pictures: nn.Array, digits: nn.Array) -> float:
    """How far the pixels' means and standard deviations are from those of the digits, as a root mean square."""
    means = pictures.mean(axis=0) - digits.mean(axis=0)
    spreads = pictures.std(axis=0) - digits.std(axis=0)
    return float(np.sqrt(np.mean(means**2 + spreads**2)))


def train(
    gan: Gan, digits: nn.Array, noise: nn.Array, epochs: demo.Epochs, rng: np.random.Generator
) -> tuple[dict[str, list[float]], dict[int, nn.Array]]:
    """The mean losses of each epoch, and the pictures made of `noise` in those epochs that the animation shows."""
    losses: dict[str, list[float]] = {"discriminator": [], "generator": []}
    shown: dict[int, nn.Array] = {}
    for epoch in epochs:
        if epoch in epochs.shown:
            shown[epoch] = gan.generator(noise)
        found = [gan.step(digits[rows], rng) for rows in nn.minibatches(rng, len(digits), BATCH)]
        for name, value in zip(losses, np.mean(found, axis=0)):
            losses[name].append(float(value))
        epochs.report(discriminator=losses["discriminator"][-1], generator=losses["generator"][-1])
    shown[epochs.count] = gan.generator(noise)
    return losses, shown


def draw_sheet(axes: plt.Axes, pictures: nn.Array, title: str) -> None:
    """36 pictures, 6 by 6."""
    sheet = pictures[:36].reshape(6, 6, 8, 8)
    sheet = np.pad(sheet, [(0, 0), (0, 0), (1, 1), (1, 1)]).transpose(0, 2, 1, 3).reshape(60, 60)
    axes.imshow(sheet, cmap="gray_r", vmin=0.0, vmax=1.0)
    axes.set(xticks=[], yticks=[], title=title)


def main() -> None:
    options = demo.options("A GAN on 8 x 8 digits.", epochs=300, quick=30)
    rng = np.random.default_rng(options.seed)
    digits = load_digits().data / 16.0
    gan = make_gan(rng)
    noise = rng.normal(size=(1000, NOISE))

    losses, shown = train(gan, digits, noise, demo.Epochs(options), rng)

    first, last = distance(shown[0], digits), distance(shown[options.epochs], digits)
    print(f"losses: discriminator {losses['discriminator'][-1]:.3f}, generator {losses['generator'][-1]:.3f}")
    print(f"distance of the pixels' statistics from the digits': {first:.3f} -> {last:.3f}")
    demo.loss_curve(losses, options.out / "gan_loss.png", log=False)
    figure, axes = plt.subplots(1, 2, figsize=(8.4, 4.4))
    draw_sheet(axes[0], digits, "digits")
    draw_sheet(axes[1], shown[options.epochs], f"samples after {options.epochs} epochs")
    demo.save(figure, options.out / "gan_samples.png")
    epochs = sorted(shown)

    def draw(k: int, axes: list[plt.Axes]) -> None:
        draw_sheet(axes[0], shown[epochs[k]], f"epoch {epochs[k]}")

    demo.animation(len(epochs), draw, options.out / "gan.gif", width=3.4)
    finite = np.isfinite([*losses["discriminator"], *losses["generator"]]).all()
    if options.quick and not (finite and last < 0.4 * first):
        sys.exit(f"the generator has not learned: distance {first:.3f} -> {last:.3f}, losses {'' if finite else 'not '}finite")


if __name__ == "__main__":
    main()
