"""Neural networks: layers and the functions they are made of, as NumPy code that s2sad differentiates.

Functions take and return arrays; a layer is a plain object that holds weights and is called. Images are
(N, channels, rows, columns), and shapes, defaults and conventions are torch's.

    >>> import numpy as np
    >>> from s2sad import grad, nn
    >>> class Network:
    ...     def __init__(self, rng):
    ...         self.conv = nn.Conv2d(1, 4, 3, rng)
    ...         self.out = nn.Linear(4 * 3 * 3, 10, rng)
    ...     def __call__(self, images):
    ...         x = nn.max_pool2d(nn.relu(self.conv(images)), 2)
    ...         return self.out(nn.flatten(x))
    >>> def loss(network, images, labels):
    ...     return nn.cross_entropy(network(images), labels)
    >>> network = Network(np.random.default_rng(0))
    >>> gradient = grad(loss)(network, np.ones((2, 1, 8, 8)), np.array([3, 7]))
    >>> gradient.conv.weight.shape, gradient.out.bias.shape
    ((4, 1, 3, 3), (10,))
"""
from s2sad.nn.activations import gelu, log_softmax, relu, softmax
from s2sad.nn.convolution import conv2d, conv2d_input, conv2d_weight
from s2sad.nn.initialisers import fan_in_uniform, glorot_normal, glorot_uniform, he_normal, he_uniform, zeros
from s2sad.nn.layers import BatchNorm, Conv2d, Dropout, LayerNorm, Linear
from s2sad.nn.losses import cross_entropy
from s2sad.nn.normalisation import batch_norm, layer_norm, standardise
from s2sad.nn.pooling import avg_pool2d, gather_at_maxima, max_pool2d, scatter_to_maxima, spread_means
from s2sad.nn.regularisation import dropout
from s2sad.nn.windows import flatten, fold, unfold

__all__ = ["BatchNorm", "Conv2d", "Dropout", "LayerNorm", "Linear", "avg_pool2d", "batch_norm", "conv2d",
           "conv2d_input", "conv2d_weight", "cross_entropy", "dropout", "fan_in_uniform", "flatten", "fold",
           "gather_at_maxima", "gelu", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "layer_norm",
           "log_softmax", "max_pool2d", "relu", "scatter_to_maxima", "softmax", "spread_means", "standardise",
           "unfold", "zeros"]
