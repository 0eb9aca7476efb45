"""The neural-network library of the examples: its losses, their gradients, its optimisers and its files."""

import sys
from pathlib import Path

import numpy as np
import pytest

import s2sad

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))

import nn

ACTIVATIONS = [nn.relu, nn.leaky_relu, nn.tanh, nn.sigmoid]


@pytest.fixture
def rng():
    return np.random.default_rng(3)


# --- values -------------------------------------------------------------------------------------------------


def test_activations():
    x = np.array([[-2.0, 0.0, 3.0]])
    assert nn.relu(x).tolist() == [[0.0, 0.0, 3.0]]
    assert nn.leaky_relu(x).tolist() == [[-0.4, 0.0, 3.0]]
    np.testing.assert_allclose(nn.sigmoid(x), 1.0 / (1.0 + np.exp(-x)), rtol=1e-14)
    np.testing.assert_allclose(nn.softmax(x), np.exp(x) / np.exp(x).sum(), rtol=1e-14)


def test_losses_are_what_their_definitions_say(rng):
    z, t = rng.normal(size=(5, 3)), np.eye(3)[[0, 2, 1, 1, 0]]
    p = nn.softmax(z)
    assert nn.categorical_cross_entropy(z, t) == pytest.approx(-np.mean(np.sum(t * np.log(p), axis=1)), rel=1e-13)
    q = nn.sigmoid(z)
    expected = -np.mean(t * np.log(q) + (1.0 - t) * np.log(1.0 - q))
    assert nn.binary_cross_entropy(z, t) == pytest.approx(expected, rel=1e-13)
    assert nn.mean_squared_error(z, t) == pytest.approx(np.mean((z - t) ** 2), rel=1e-15)


def test_losses_of_very_sure_answers_are_finite():
    z = np.array([[1000.0, -1000.0], [-1000.0, 1000.0]])
    right, wrong = np.eye(2), np.eye(2)[::-1]
    with np.errstate(all="raise", under="ignore"):
        assert nn.categorical_cross_entropy(z, right) == 0.0
        assert nn.categorical_cross_entropy(z, wrong) == 2000.0
        assert nn.binary_cross_entropy(z, right) == 0.0
        assert nn.binary_cross_entropy(z, wrong) == 1000.0
        for loss in (nn.categorical_cross_entropy, nn.binary_cross_entropy):
            gradient = s2sad.grad(loss)(z, wrong)
            np.testing.assert_allclose(gradient, (right - wrong) / (2.0 if loss is nn.categorical_cross_entropy else 4.0))
        assert nn.softmax(z).tolist() == [[1.0, 0.0], [0.0, 1.0]]
        assert nn.sigmoid(z).tolist() == [[1.0, 0.0], [0.0, 1.0]]


# --- gradients ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("loss", [nn.mean_squared_error, nn.binary_cross_entropy, nn.categorical_cross_entropy], ids=lambda f: f.__name__)
def test_gradient_by_the_whole_model(activation, loss, rng):
    model = nn.perceptron(rng, [3, 5, 4, 2], activation)
    x, t = rng.normal(size=(6, 3)), np.eye(2)[[0, 1, 1, 0, 1, 0]]

    def of_model(model, x, t):
        return loss(model(x), t)

    assert s2sad.check_grad(of_model, model, x, t, wrt="model", rtol=1e-6) < 1e-6
    gradient = s2sad.grad(of_model)(model, x, t)
    assert type(gradient) is nn.Model
    assert [g.shape for g in nn.parameters(gradient)] == [w.shape for w in nn.parameters(model)]


def test_gradient_of_softmax(rng):
    z, weights = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    assert s2sad.check_grad(lambda z: np.sum(nn.softmax(z) * weights), z) < 1e-7


def test_the_derivative_of_relu_at_0_is_0():
    assert s2sad.grad(lambda x: np.sum(nn.relu(x)))(np.array([-1.0, 0.0, 1.0])).tolist() == [0.0, 0.0, 1.0]


def test_models_nest(rng):
    inner = nn.perceptron(rng, [3, 4, 2], nn.tanh)
    outer = nn.Model([inner, nn.sigmoid, nn.linear(rng, 2, 1)])
    x = rng.normal(size=(5, 3))
    assert s2sad.check_grad(lambda m, x: np.sum(m(x) ** 2), outer, x, wrt="m") < 1e-7
    assert [name for name, _ in nn.named_parameters(outer)] == [
        "layers.0.layers.0.weight",
        "layers.0.layers.0.bias",
        "layers.0.layers.2.weight",
        "layers.0.layers.2.bias",
        "layers.2.weight",
        "layers.2.bias",
    ]


# --- training -----------------------------------------------------------------------------------------------


def test_sgd_with_and_without_momentum():
    w, g = np.array([1.0, 2.0]), np.array([1.0, -1.0])
    nn.SGD(rate=0.5).step([w], [g])
    assert w.tolist() == [0.5, 2.5]
    momentum = nn.SGD(rate=0.5, momentum=0.9)
    momentum.step([w], [g])  # velocity g
    momentum.step([w], [g])  # velocity 1.9 g
    np.testing.assert_allclose(w, [0.5 - 0.5 * 2.9, 2.5 + 0.5 * 2.9])


def test_adam_is_the_published_algorithm(rng):
    w = rng.normal(size=3)
    expected, m, v = w.copy(), np.zeros(3), np.zeros(3)
    adam = nn.Adam(rate=0.1, beta1=0.8, beta2=0.95, epsilon=1e-3)
    for t in range(1, 6):
        g = rng.normal(size=3)
        adam.step({"w": w}, {"w": g})
        m = 0.8 * m + 0.2 * g
        v = 0.95 * v + 0.05 * g**2
        expected -= 0.1 * (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.95**t)) + 1e-3)
    np.testing.assert_allclose(w, expected, rtol=1e-12)


def test_minibatches_take_each_row_once(rng):
    batches = list(nn.minibatches(rng, 10, 4))
    assert [len(b) for b in batches] == [4, 4, 2]
    assert sorted(np.concatenate(batches).tolist()) == list(range(10))


@pytest.mark.parametrize("optimiser", [nn.SGD(0.1), nn.SGD(0.02, 0.9), nn.Adam(0.02)], ids=["sgd", "momentum", "adam"])
def test_a_model_learns_exclusive_or(optimiser):
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    t = np.array([[0.0], [1.0], [1.0], [0.0]])
    model = nn.perceptron(np.random.default_rng(1), [2, 8, 1], nn.tanh)
    loss = s2sad.value_and_grad(lambda model: nn.binary_cross_entropy(model(x), t))
    for _ in range(1500):
        value, gradient = loss(model)
        optimiser.step(model, gradient)
    assert value < 0.1
    assert ((model(x) > 0.0) == (t > 0.5)).all()


# --- files --------------------------------------------------------------------------------------------------


def test_saved_parameters_come_back(rng, tmp_path):
    model, other = (nn.perceptron(rng, [2, 3, 1], nn.relu) for _ in range(2))
    nn.save(tmp_path / "model.npz", model)
    loaded = nn.load(tmp_path / "model.npz", other)
    x = rng.normal(size=(4, 2))
    assert np.array_equal(loaded(x), model(x)) and not np.array_equal(loaded(x), other(x))
    with pytest.raises(ValueError, match=r"holds .*, and the model"):
        nn.load(tmp_path / "model.npz", nn.perceptron(rng, [2, 4, 1], nn.relu))


def test_a_copy_is_trained_on_its_own(rng):
    model = nn.perceptron(rng, [2, 3, 1], nn.relu)
    twin = nn.copy(model)
    nn.SGD(1.0).step(twin, twin)
    assert np.abs(nn.parameters(model)[0]).max() > 0.0
    assert all((w == 0.0).all() for w in nn.parameters(twin))
