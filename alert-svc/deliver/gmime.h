#pragma once

#include <gmime/gmime.h>

#include <memory>
#include <mutex>

namespace vigil::alert {

// Before the first use of GMime; thread-safe, once in the process: GMime itself takes the second
// call for one that comes after the first, also where the first still runs.
inline void InitGmime() {
  static std::once_flag once;
  std::call_once(once, [] { g_mime_init(); });
}

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
// An object of GMime's.
template <class T>
using Ref = std::unique_ptr<T, Unref>;

}  // namespace vigil::alert
