TOPIC = "aws:sns/topic:Topic"


def test_a_topic_lives(lifecycle):
    held = lifecycle(TOPIC, {"tags": {"a": "b"}}, {"fifoTopic": True}, expect_replace={"fifoTopic"})
    assert held.outputs["arn"].startswith("arn:aws:sns:eu-central-1:123456789012:t")
