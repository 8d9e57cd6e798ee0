// SPDX-License-Identifier: LGPL-2.1-or-later
// A directory of its own for a test, below BERTH_TEST_DIR (a real file system) or /var/tmp; removed
// with all below it at the end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace berth::test {

class ScratchDir {
  public:
    ScratchDir() {
        const char* base = std::getenv("BERTH_TEST_DIR");
        path_ = std::string(base != nullptr ? base : "/var/tmp") + "/berth-test-XXXXXX";
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
    }
    ScratchDir(const ScratchDir&) = delete;
    ScratchDir& operator=(const ScratchDir&) = delete;
    ~ScratchDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

} // namespace berth::test
