#pragma once
// The functions of NVIDIA's libraries that Flambeau calls, and storages in GPU memory.

#include "cublas.h"
#include "device_storage.h"
#include "driver.h"
#include "nvrtc.h"
