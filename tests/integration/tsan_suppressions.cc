// What ThreadSanitizer reads before it starts. The system's Abseil is not instrumented: TSan sees
// the memory that a Status frees, and not the counter of its owners that orders it.
extern "C" const char* __tsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)

extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libabsl_status.so\n";
}
