"""The matrix of drivers, CUDA releases and GPUs."""

import pytest

from images.matrix import (
    BASELINE_CUDA,
    BASELINE_DRIVER,
    GPUS,
    STACKS,
    TORCH,
    TRTLLM,
    TRTLLM_COMPAT,
    VLLM,
    MatrixError,
    driver_branch,
    require_compatible,
)


def test_the_baseline_is_a_cuda_12_and_every_stack_runs_with_its_driver():
    assert BASELINE_CUDA.startswith("12.")
    assert TORCH.cuda == BASELINE_CUDA
    assert len(STACKS) == 4
    assert all(stack.driver <= BASELINE_DRIVER for stack in STACKS)


def test_every_stack_and_gpu_has_a_source():
    assert all(stack.sources and stack.gpus for stack in STACKS)
    assert all(gpu.source for gpu in GPUS)


@pytest.mark.parametrize(
    ("stack", "gpu", "driver", "name"),
    [
        (TORCH, "g5.xlarge", "570.86.10", "A10G"),
        (TRTLLM, "p5", "580", "H100"),
        (TRTLLM, "H200", "R590", "H200"),
        (TRTLLM, "p6-b200", "580.95.05", "B200"),
        (TRTLLM_COMPAT, "g6e.12xlarge", "570", "L40S"),
        (VLLM, "g6", "575.57.08", "L4"),
    ],
)
def test_a_supported_combination_names_its_gpu(stack, gpu, driver, name):
    assert require_compatible(stack, gpu, driver).name == name


@pytest.mark.parametrize(
    ("stack", "gpu", "driver", "cuda", "message"),
    [
        (TRTLLM, "g4dn", "580", None, r"GPU g4dn is not in the matrix; allowed: A10G \(g5\)"),
        (TRTLLM_COMPAT, "p6-b200", "580", None, r"capability 10\.0\); allowed: A10G"),
        (TRTLLM, "L40S", "570.86", None, "too old for trtllm-1.2 .* allowed: branch 580 and later"),
        (TORCH, "L40S", "550", None, "allowed: branch 570 and later"),
        (TRTLLM, "L40S", "580", "12.8", r"carries CUDA 13\.1, not 12\.8; allowed: 12\.8 \(torch-cu128\)"),
        (TORCH, "L40S", "new", None, "not a version; give one such as 580"),
    ],
)
def test_an_unsupported_combination_is_refused_with_the_allowed_values(stack, gpu, driver, cuda, message):
    with pytest.raises(MatrixError, match=message):
        require_compatible(stack, gpu, driver, cuda)


def test_a_driver_is_known_by_its_branch():
    assert driver_branch("R580") == driver_branch("580") == driver_branch("580.95.05") == 580
