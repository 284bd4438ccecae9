// gpuser-decode: decodes recordings through libsndfile for the process that started it, one after the other.
//
// Decoders read what anybody may have written, and some of it makes them crash, loop or ask for all memory.
// Here that ends one file: the process that asked sees this one end, tells that file's error and starts
// another. What each request may take is bounded.
//
// On standard input, all numbers in the machine's order:
//   request  uint32 what (0 the header, 1 the samples too), uint32 bytes of the path, the path in UTF-8
// On standard output, after a greeting:
//   answer   int32 status (0 opened, 1 refused, 2 no libsndfile), int32 rate, int32 channels, int32 0, int64
//   frames
//            not opened: uint32 bytes of a text, the text
//            samples asked for: pieces, each int32 frames (1 to PIECE) and as many float32, the mean of the
//            channels; then int32 0 where no more come, or -1 for damage, with a text as above
// The end of standard input ends the program.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PIECE = 1 << 14, VALUES = 1 << 16, MOST_CHANNELS = 1024, MOST_PATH = 1 << 16, MOST_TEXT = 1 << 10 };
enum { OPENED = 0, REFUSED = 1, NO_LIBRARY = 2, DAMAGED = -1 };

// Address space: a decoder's tables and frames take some MB, and samples are passed on piece by piece.
static const rlim_t kMostMemory = (rlim_t)512 << 20;

// Processor seconds until the next piece: one of the slowest format takes some milliseconds. The first
// argument, for tests.
static rlim_t most_seconds = 10;

// Told once the program is ready; the digit is the protocol's.
static const char kGreeting[] = "gpuser-decode 1\n";

// libsndfile's SF_INFO and functions (sndfile.h).
typedef struct {
  int64_t frames;
  int32_t rate, channels, format, sections, seekable;
} Info;

static void* (*sf_open)(const char*, int, Info*);
static int (*sf_close)(void*);
static int64_t (*sf_readf_float)(void*, float*, int64_t);
static int (*sf_error)(void*);
static const char* (*sf_strerror)(void*);

static int answers;  // where answers go: decoders may print to the standard streams

static float values[VALUES];
static float mean[PIECE];
static char path[MOST_PATH + 1];

static void receive(void* to, size_t bytes) {
  for (char* next = to; bytes > 0;) {
    ssize_t got = read(STDIN_FILENO, next, bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) exit(0);
    next += got;
    bytes -= (size_t)got;
  }
}

static void send2(const void* head, size_t head_bytes, const void* body, size_t body_bytes) {
  struct iovec parts[2] = {{(void*)head, head_bytes}, {(void*)body, body_bytes}};
  for (int first = 0; first < 2;) {
    ssize_t sent = writev(answers, parts + first, 2 - first);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) exit(0);
    while (first < 2 && (size_t)sent >= parts[first].iov_len) sent -= (ssize_t)parts[first++].iov_len;
    if (first < 2) {
      parts[first].iov_base = (char*)parts[first].iov_base + sent;
      parts[first].iov_len -= (size_t)sent;
    }
  }
}

static void send_text(const char* text) {
  uint32_t bytes = (uint32_t)strnlen(text ? text : "", MOST_TEXT);
  send2(&bytes, sizeof bytes, text, bytes);
}

static void answer(int32_t status, const Info* info, const char* text) {
  struct {
    int32_t status, rate, channels, none;
    int64_t frames;
  } head = {status, info->rate, info->channels, 0, info->frames};
  send2(&head, sizeof head, NULL, 0);
  if (status != OPENED) send_text(text);
}

// Sets a limit within the one that this process came with (ulimit), which it may not raise.
static void limit(int resource, rlim_t soft, rlim_t hard) {
  struct rlimit both;
  getrlimit(resource, &both);
  if (hard < both.rlim_max) both.rlim_max = hard;
  both.rlim_cur = soft < both.rlim_max ? soft : both.rlim_max;
  setrlimit(resource, &both);
}

// Grants processor time for the next piece; when it is used up, the kernel ends the process (SIGXCPU).
static void grant_time(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  limit(RLIMIT_CPU, (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1 + most_seconds, RLIM_INFINITY);
}

static void send_samples(void* file, const Info* info) {
  int64_t channels = info->channels, most = VALUES / channels < PIECE ? VALUES / channels : PIECE;
  int64_t left = info->frames;
  while (left > 0) {
    grant_time();
    int64_t got = sf_readf_float(file, values, left < most ? left : most);
    if (got <= 0 || got > most) break;
    const float* samples = values;
    if (channels > 1) {
      for (int64_t i = 0; i < got; i++) {
        float sum = 0;
        for (int64_t c = 0; c < channels; c++) sum += values[i * channels + c];
        mean[i] = sum / (float)channels;
      }
      samples = mean;
    }
    int32_t count = (int32_t)got;
    send2(&count, sizeof count, samples, (size_t)got * sizeof(float));
    left -= got;
  }
  int32_t end = left > 0 && sf_error(file) ? DAMAGED : 0;
  send2(&end, sizeof end, NULL, 0);
  if (end) send_text(sf_strerror(file));
}

static void decode(uint32_t samples) {
  Info info = {0};
  grant_time();
  void* file = sf_open(path, 0x10, &info);  // SFM_READ
  if (!file) {
    answer(REFUSED, &info, sf_strerror(NULL));
  } else if (info.channels < 1 || info.channels > MOST_CHANNELS) {
    answer(REFUSED, &info, "impossible number of channels");
  } else {
    answer(OPENED, &info, NULL);
    if (samples) send_samples(file, &info);
  }
  if (file) sf_close(file);
}

static int load(void) {
  void* library = dlopen("libsndfile.so.1", RTLD_NOW);
  return library && (sf_open = dlsym(library, "sf_open")) && (sf_close = dlsym(library, "sf_close")) &&
         (sf_readf_float = dlsym(library, "sf_readf_float")) && (sf_error = dlsym(library, "sf_error")) &&
         (sf_strerror = dlsym(library, "sf_strerror"));
}

int main(int argc, char** argv) {
  if (argc > 1) most_seconds = strtoul(argv[1], NULL, 10);
  answers = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  int none = open("/dev/null", O_RDWR);
  dup2(none, STDOUT_FILENO);
  dup2(none, STDERR_FILENO);
  close(none);
  fcntl(answers, F_SETPIPE_SZ, 1 << 20);  // a shorter one works, too
  signal(SIGINT, SIG_IGN);                // Ctrl-C is for the process that asks: it ends this one
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_AS, kMostMemory, kMostMemory);
  limit(RLIMIT_FSIZE, 0, 0);
  int loaded = load();
  send2(kGreeting, sizeof kGreeting - 1, NULL, 0);
  for (;;) {
    uint32_t request[2];
    receive(request, sizeof request);
    if (request[1] > MOST_PATH) exit(1);
    receive(path, request[1]);
    path[request[1]] = 0;
    if (loaded) {
      decode(request[0]);
    } else {
      answer(NO_LIBRARY, &(Info){0}, dlerror());
    }
  }
}
