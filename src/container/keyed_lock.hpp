// SPDX-License-Identifier: LGPL-2.1-or-later
// Serialises operations on one object while those on others go on.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace berth::container {

class KeyedLock {
  public:
    /// Held until destroyed.
    class Held {
      public:
        Held(KeyedLock& lock, std::string key) : lock_(&lock), key_(std::move(key)) {}
        Held(Held&& other) noexcept
            : lock_(std::exchange(other.lock_, nullptr)), key_(std::move(other.key_)) {}
        Held& operator=(Held&&) = delete;
        ~Held() {
            if (lock_ != nullptr) lock_->release(key_);
        }

      private:
        KeyedLock* lock_;
        std::string key_;
    };

    [[nodiscard]] Held acquire(const std::string& key) {
        std::unique_lock<std::mutex> lock(mutex_);
        released_.wait(lock, [&] { return !held_.contains(key); });
        held_.insert(key);
        return {*this, key};
    }

  private:
    void release(const std::string& key) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            held_.erase(key);
        }
        released_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable released_;
    std::set<std::string> held_;
};

} // namespace berth::container
