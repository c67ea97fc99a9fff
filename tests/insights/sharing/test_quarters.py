from insights.sharing.quarters import BOTTOM, TOP, Quarter, place_points


def test_trend_has_the_whole_scale_and_leaves_room_for_missing_quarters() -> None:
    points = place_points(
        [Quarter(2025, 4, 1.0, 9), Quarter(2026, 1, 5.0, 9), Quarter(2026, 4, 3.0, 9)]
    )

    assert [point.y for point in points] == [BOTTOM, TOP, (TOP + BOTTOM) / 2]
    assert points[1].x - points[0].x < points[2].x - points[1].x


def test_single_quarter_is_no_trend() -> None:
    assert place_points([Quarter(2026, 1, 4.5, 9)]) == []
