#pragma once
// The functions that Flambeau calls, and the mutex that serializes them.

#include <cublas.h>
#include <driver.h>
#include <nvrtc.h>

#include <mutex>
#include <string>

extern "C" {
FLAMBEAU_DRIVER(FLAMBEAU_PROTOTYPE)
FLAMBEAU_NVRTC(FLAMBEAU_PROTOTYPE)
FLAMBEAU_CUBLAS(FLAMBEAU_PROTOTYPE)
}

extern std::recursive_mutex mutex;
typedef std::lock_guard<std::recursive_mutex> Locked;
