#pragma once
// The functions that the program calls, as it knows them, one call at a time.

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
