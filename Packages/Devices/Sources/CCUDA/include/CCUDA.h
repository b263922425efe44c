#pragma once
// NVIDIA's libraries as Flambeau sees them, and storages in the memory of a GPU.

#include "cublas.h"
#include "device_storage.h"
#include "driver.h"
#include "nvrtc.h"
